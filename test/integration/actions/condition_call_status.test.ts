import { expect, test } from "vitest";
import { tonesHeard } from "../../support/call.ts";
import { startLab } from "../../support/lab.ts";
import { aftermathOf, judge, marksOf, prompt, set } from "./support.ts";

const lab = await startLab();

const STATUSES = ["dialing", "ringing", "progressing", "terminating", "canceling", "hangup"];
const is = (status: string) => ({ type: "condition_call_status", option: { status } });

test.each([
  { before: [], now: "ringing" },
  { before: [{ type: "answer" }], now: "progressing" },
])("condition_call_status holds for $now alone", async ({ before, now }) => {
  const call = await lab.call([...before, ...judge(STATUSES.map(is)), prompt(lab, 440)]);
  await call.ended();
  expect(tonesHeard(call)).toEqual([440]);
  const { variables } = await aftermathOf(lab, call.number);
  expect(variables.marks).toBe(marksOf(STATUSES.map((status) => status === now)));
});

test("the status may come from a variable; one that is none is recorded as failed, and the flow goes on", async () => {
  const wrong = { false_target_id: "wrong" };
  const call = await lab.call([
    set("now", "ringing"),
    { type: "condition_call_status", option: { status: "${now}", ...wrong } },
    { type: "condition_call_status", option: { status: "${now}!", ...wrong } },
    { type: "condition_call_status", option: { status: "hangup" } },
    { ...prompt(lab, 440), next_id: "end" },
    { ...prompt(lab, 620), id: "wrong" },
    { type: "stop", id: "end" },
  ]);
  await call.ended();
  expect(tonesHeard(call)).toEqual([440]);
  const { facts } = await aftermathOf(lab, call.number);
  expect(facts("action_failed")).toEqual([expect.objectContaining({ error: "OptionError" })]);
});
