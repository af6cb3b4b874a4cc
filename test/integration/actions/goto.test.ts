import { expect, test } from "vitest";
import { tonesHeard } from "../../support/call.ts";
import { startLab } from "../../support/lab.ts";
import { aftermathOf, crash, longPrompt, prompt, set, stored } from "./support.ts";

const lab = await startLab();

const jump = (target_id: string, loop_count?: number) => ({
  type: "goto",
  option: { target_id, ...(loop_count === undefined ? {} : { loop_count }) },
});

test("goto jumps exactly as often as it says in the life of the run, then falls through", async () => {
  const call = await lab.call([
    { ...prompt(lab, 440), id: "inner" },
    jump("inner", 2),
    prompt(lab, 620),
    // Back to before the first one, which has used up its jumps.
    jump("inner", 1),
    prompt(lab, 850),
  ]);
  await call.ended();
  expect(tonesHeard(call)).toEqual([440, 440, 440, 620, 440, 620, 850]);
});

test("goto jumps forward, and over what lies between", async () => {
  const call = await lab.call([
    jump("end", 1),
    prompt(lab, 440),
    { ...prompt(lab, 620), id: "end", next_id: "last" },
    prompt(lab, 850),
    { ...prompt(lab, 1100), id: "last" },
  ]);
  await call.ended();
  expect(tonesHeard(call)).toEqual([620, 1100]);
});

test("goto without a loop_count, or one of 0 or less, never jumps, and the flow's author is warned", async () => {
  const actions = [
    { ...prompt(lab, 440), id: "start" },
    jump("start"),
    jump("start", 0),
    jump("start", -1),
    prompt(lab, 620),
  ];
  const flow = await lab.api.post("/flows", { name: "never jumps", actions });
  const paths = [1, 2, 3].map((index) => expect.objectContaining({ path: `actions[${index}].option.loop_count` }));
  expect(flow.warnings).toEqual(expect.arrayContaining(paths));
  const call = await lab.call(actions);
  await call.ended();
  expect(tonesHeard(call)).toEqual([440, 620]);
});

test("the target may come from a variable; one that no action has ends the flow, as the record says", async () => {
  const call = await lab.call([
    set("where", "there"),
    jump("${where}", 1),
    prompt(lab, 440),
    { ...prompt(lab, 620), id: "there" },
    set("where", "nowhere"),
    jump("${where}", 1),
    prompt(lab, 850),
  ]);
  expect(await call.ended()).toMatchObject({ by: "refused", status: 603 });
  expect(tonesHeard(call)).toEqual([620]);
  expect(await aftermathOf(lab, call.number)).toMatchObject({ endedReason: "target_missing" });
});

test("a target that can't be one is recorded as failed, and the flow goes on", async () => {
  const call = await lab.call([set("where", "over there!"), jump("${where}", 1), prompt(lab, 440)]);
  await call.ended();
  expect(tonesHeard(call)).toEqual([440]);
  const { facts, endedReason } = await aftermathOf(lab, call.number);
  expect(facts("action_failed")).toEqual([expect.objectContaining({ action: "goto", error: "OptionError" })]);
  expect(endedReason).toBe("finished");
});

test("killed in a loop, it jumps no more and no less often", async () => {
  const call = await lab.call([
    { ...prompt(lab, 440), id: "again" },
    longPrompt(lab, 850, 800),
    jump("again", 2),
    prompt(lab, 620),
  ]);
  await call.heard(440);
  await call.heard(440);
  await call.heard(850);
  await stored(lab, call.number, "action_started", 5);
  await crash(lab);
  await call.ended();
  expect(tonesHeard(call)).toEqual([440, 850, 440, 850, 440, 850, 620]);
});
