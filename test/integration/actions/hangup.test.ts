import { expect, test } from "vitest";
import { tonesHeard } from "../../support/call.ts";
import { startLab } from "../../support/lab.ts";
import { aftermathOf, prompt, set } from "./support.ts";

const lab = await startLab();

/** The SIP status that a caller gets who has not been answered, and the cause that goes with each reason. */
const REASONS = [
  { reason: "normal", status: 603, cause: 16 },
  { reason: "busy", status: 486, cause: 17 },
  { reason: "failed", status: 408, cause: 18 },
  { reason: "noanswer", status: 480, cause: 19 },
  { reason: "dialout", status: 480, cause: 19 },
  { reason: "cancel", status: 603, cause: 16 },
  { reason: "timeout", status: 603, cause: 16 },
  { reason: "amd", status: 603, cause: 16 },
];

test("hangup before the answer rejects with the status of each reason, which is recorded", async () => {
  await Promise.all(
    REASONS.map(async ({ reason, status, cause }) => {
      const call = await lab.call([{ type: "hangup", option: { reason } }, { type: "answer" }]);
      expect(await call.ended(), reason).toMatchObject({ by: "refused", status });
      const { record, endedReason } = await aftermathOf(lab, call.number);
      expect(record).toMatchObject({ hangup_by: "local", hangup_reason: reason, hangup_cause: cause });
      expect(record).toMatchObject({ tm_progressing: null });
      expect(endedReason).toBe("stopped");
    }),
  );
});

test("hangup after the answer says goodbye, and the reason asked for is the one recorded", async () => {
  await Promise.all(
    REASONS.map(async ({ reason, cause }) => {
      const call = await lab.call([{ type: "answer" }, { type: "hangup", option: { reason } }, prompt(lab, 440)]);
      expect(await call.ended(), reason).toEqual({ by: "them", reason: `Q.850;cause=${cause}` });
      expect(tonesHeard(call)).toEqual([]);
      const { record, facts } = await aftermathOf(lab, call.number);
      expect(record).toMatchObject({ hangup_by: "local", hangup_reason: reason, hangup_cause: cause });
      expect(facts("call_hangup")).toEqual([expect.objectContaining({ by: "local", reason, cause })]);
    }),
  );
});

test("hangup without a reason, or with an empty one, is a normal one", async () => {
  const calls = await Promise.all([lab.call([{ type: "hangup" }]), lab.call([hangUpFor("")])]);
  for (const call of calls) {
    expect(await call.ended()).toMatchObject({ by: "refused", status: 603 });
    expect((await aftermathOf(lab, call.number)).record).toMatchObject({ hangup_reason: "normal", hangup_cause: 16 });
  }
});

test("the reason may come from a variable; one that is none is recorded as failed, and the flow goes on", async () => {
  const call = await lab.call([
    set("bad", "boredom"),
    hangUpFor("${bad}"),
    prompt(lab, 440),
    set("good", "busy"),
    hangUpFor("${good}"),
  ]);
  expect(await call.ended()).toMatchObject({ by: "refused", status: 486 });
  expect(tonesHeard(call)).toEqual([440]);
  const { facts } = await aftermathOf(lab, call.number);
  expect(facts("action_failed")).toEqual([expect.objectContaining({ action: "hangup", error: "OptionError" })]);
});

test("hangup ends the flow wherever it stands in it", async () => {
  const call = await lab.call([
    { type: "answer" },
    { ...prompt(lab, 440), next_id: "end" },
    prompt(lab, 620),
    { id: "end", type: "hangup" },
    prompt(lab, 850),
  ]);
  expect(await call.ended()).toMatchObject({ by: "them" });
  expect(tonesHeard(call)).toEqual([440]);
});

const hangUpFor = (reason: string) => ({ type: "hangup", option: { reason } });
