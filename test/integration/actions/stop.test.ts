import { expect, test } from "vitest";
import { tonesHeard } from "../../support/call.ts";
import { startLab } from "../../support/lab.ts";
import { aftermathOf, prompt } from "./support.ts";

const lab = await startLab();

test("stop hangs up an answered call at once, as normal", async () => {
  const call = await lab.call([{ type: "answer" }, prompt(lab, 440), { type: "stop" }, prompt(lab, 620)]);
  expect(await call.ended()).toEqual({ by: "them", reason: "Q.850;cause=16" });
  expect(tonesHeard(call)).toEqual([440]);
  const { record, endedReason } = await aftermathOf(lab, call.number);
  expect(record).toMatchObject({ hangup_by: "local", hangup_reason: "normal", hangup_cause: 16 });
  expect(endedReason).toBe("stopped");
});

test("stop before the answer rejects the call", async () => {
  const call = await lab.call([{ type: "stop" }, { type: "answer" }]);
  expect(await call.ended()).toMatchObject({ by: "refused", status: 603 });
  expect((await aftermathOf(lab, call.number)).endedReason).toBe("stopped");
});

test("the end of the list does the same, and is told from a stop", async () => {
  const answered = await lab.call([{ type: "answer" }, prompt(lab, 440)]);
  const unanswered = await lab.call([prompt(lab, 620)]);
  expect(await answered.ended()).toEqual({ by: "them", reason: "Q.850;cause=16" });
  expect(await unanswered.ended()).toMatchObject({ by: "refused", status: 603 });
  expect([tonesHeard(answered), tonesHeard(unanswered)]).toEqual([[440], [620]]);
  for (const { number } of [answered, unanswered]) {
    const { record, endedReason } = await aftermathOf(lab, number);
    expect(record).toMatchObject({ hangup_by: "local", hangup_reason: "normal" });
    expect(endedReason).toBe("finished");
  }
});

test("stop takes no option", async () => {
  const flow = { name: "bad", actions: [{ type: "stop", option: { reason: "busy" } }] };
  expect(await lab.api.request("POST", "/flows", flow)).toMatchObject({ status: 400 });
});
