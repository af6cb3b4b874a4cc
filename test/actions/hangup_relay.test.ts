import { expect, test } from "vitest";
import hangupRelay from "../../src/actions/hangup_relay.ts";
import { stop } from "../../src/flow/outcome.ts";
import type { Call } from "../../src/model/call.ts";
import { sampleCall } from "../contract/storage-samples.ts";
import { testOption } from "../support/option.ts";
import { createStep } from "../support/step.ts";

const reference_id = "367e0e7a-3a8c-11eb-bb08-f3c3f059cfbe";

test.each<[string, Partial<Call> | undefined, ReturnType<typeof stop>]>([
  ["has ended", { status: "hangup", hangup_reason: "busy", hangup_cause: 17 }, stop("busy", 17)],
  ["was refused", { status: "hangup", hangup_reason: "failed", hangup_cause: 34 }, stop("failed", 34)],
  ["has ended without a cause", { status: "hangup", hangup_reason: "dialout", hangup_cause: 0 }, stop("dialout")],
  ["is up", { status: "progressing" }, stop("normal")],
  ["is ending", { status: "terminating", hangup_reason: "busy", hangup_cause: 17 }, stop("normal")],
  ["is not known", undefined, stop("normal")],
])("hangup_relay of a call that %s", async (_, changes, outcome) => {
  const calls: Readonly<Record<string, Call>> = changes ? { [reference_id]: sampleCall(changes) } : {};
  expect(await createStep(hangupRelay, { reference_id }, { calls }).run()).toEqual(outcome);
});

test.each(["", "00000000-0000-0000-0000-000000000000", "not an id", "b8573f30-b031-11ed-ac05-3bc9a62e64c3"])(
  "hangup_relay of the call that a variable names as %j is normal, and says that there is none",
  async (other) => {
    const step = createStep(hangupRelay, { reference_id: "${other}" }, { variables: { other }, calls: {} });
    expect(await step.run()).toEqual(stop("normal"));
    expect(step.log).toEqual([expect.stringMatching(/^note .*there is no such call/)]);
    expect(step.log[0]).toContain(other);
  },
);

testOption(hangupRelay, {
  accepted: [[{ reference_id: "367e0e7a-3a8c-11eb-bb08-f3c3f059cfbe" }]],
  refused: [
    {},
    { reference_id: "" },
    { reference_id: "00000000-0000-0000-0000-000000000000" },
    { reference_id: "sales" },
    { reference_id: 5 },
    { reference_id: "367e0e7a-3a8c-11eb-bb08-f3c3f059cfbe", x: 1 },
  ],
});
