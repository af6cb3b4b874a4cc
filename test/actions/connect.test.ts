import { expect, test } from "vitest";
import connectAction from "../../src/actions/connect.ts";
import { next, stop } from "../../src/flow/outcome.ts";
import { testOption } from "../support/option.ts";
import { createStep } from "../support/step.ts";

testOption(connectAction, {
  accepted: [
    [
      { destinations: [{ type: "tel", target: "+4930123456" }] },
      { early_media: false, relay_reason: false, timeout: 60_000 },
    ],
    [
      {
        source: { type: "tel", target: "+4930123456" },
        destinations: [{ type: "agent", target: "367e0e7a-3a8c-11eb-bb08-f3c3f059cfbe" }],
        early_media: true,
        relay_reason: true,
        timeout: 20_000,
      },
    ],
  ],
  refused: [
    {},
    { destinations: [] },
    { destinations: { type: "tel", target: "+4930123456" } },
    { destinations: [{ target: "+4930" }] },
    { destinations: [{ type: "tel", target: "+4930123456" }], timeout: 999 },
    { destinations: [{ type: "tel", target: "+4930123456" }], relay_reason: "busy" },
  ],
});

const bob = { type: "sip", target: "sip:bob@example.com" } as const;
const busy = { kind: "unanswered", reason: "busy", cause: 17 } as const;

test("connect rings whom it names, and tells how it went", async () => {
  const callId = "5be5ace0-edde-4fe6-99b6-00fc86c1c89a";
  const connectEnd = { kind: "answered", callId, durationMs: 4_200, reason: "normal", cause: 16 } as const;
  const option = { destinations: [bob], source: { type: "tel", target: "+49301" }, early_media: true, timeout: 5_000 };
  const step = createStep(connectAction, option, { connectEnd });
  expect(await step.run()).toMatchObject(next);
  expect(step.log).toEqual(["connector.connect sip:sip:bob@example.com as +49301 with early media for 5000 ms"]);
  expect(Object.fromEntries(step.variables)).toMatchObject({
    "voipbin.connect.status": "answered",
    "voipbin.connect.hangup_reason": "normal",
    "voipbin.connect.answered_call_id": callId,
    "voipbin.connect.duration": "4200",
  });
});

test.each([
  [true, stop("busy", 17)],
  [false, next],
])("when nobody answers, relay_reason %s", async (relay_reason, outcome) => {
  const step = createStep(connectAction, { destinations: [bob], relay_reason }, { connectEnd: busy });
  expect(await step.run()).toMatchObject(outcome);
  expect(Object.fromEntries(step.variables)).toMatchObject({
    "voipbin.connect.status": "busy",
    "voipbin.connect.hangup_reason": "busy",
    "voipbin.connect.answered_call_id": "00000000-0000-0000-0000-000000000000",
    "voipbin.connect.duration": "0",
  });
});

test("connect refuses 51 destinations, and says how many there may be", () => {
  const option = { destinations: Array.from({ length: 51 }, () => bob) };
  expect(connectAction.option.safeParse(option).error?.message).toContain("50");
});
