import { expect, test } from "vitest";
import amdAction from "../../src/actions/amd.ts";
import { next, stop } from "../../src/flow/outcome.ts";
import { testOption } from "../support/option.ts";
import { createStep } from "../support/step.ts";

testOption(amdAction, {
  accepted: [[{ machine_handle: "hangup" }, { async: false }], [{ machine_handle: "continue", async: true }]],
  refused: [{}, { machine_handle: "wait" }, { machine_handle: "hangup", async: "yes" }],
});

const answered = { status: "progressing" } as const;
const machine = { status: "MACHINE", cause: "TOOLONG-1600" } as const;
const human = { status: "HUMAN", cause: "HUMAN-800-800" } as const;

test.each([
  ["hangup", machine, stop("amd")],
  ["continue", machine, next],
  ["hangup", human, next],
])("with %s, when it is %j", async (machine_handle, verdict, outcome) => {
  const step = createStep(amdAction, { machine_handle }, { ...answered, verdict });
  expect(await step.run()).toEqual(outcome);
  expect(step.log).toEqual(["machines.begin"]);
});

test("async, it does not wait, and leaves the hangup to whoever hears the verdict", async () => {
  const step = createStep(amdAction, { machine_handle: "hangup", async: true }, answered);
  expect(await step.run()).toEqual(next);
  expect(step.log).toEqual(["machines.begin and hang up"]);
});

test("a verdict that does not come in 10 s is NOTSURE", async () => {
  const step = createStep(amdAction, { machine_handle: "hangup" }, answered);
  const running = step.run();
  await step.passTo(10_000);
  expect(await running).toEqual(next);
  expect(step.variables.get("voipbin.call.amd.status")).toBe("NOTSURE");
});

test("before the answer there is nobody to judge", async () => {
  const step = createStep(amdAction, { machine_handle: "hangup" });
  await expect(step.run()).rejects.toMatchObject({ name: "ActionError", remedy: expect.stringContaining("`answer`") });
  expect(step.log).toEqual([]);
});
