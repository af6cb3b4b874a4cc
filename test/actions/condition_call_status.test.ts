import { expect, test } from "vitest";
import condition from "../../src/actions/condition_call_status.ts";
import { jump, next } from "../../src/flow/outcome.ts";
import { createStep } from "../support/step.ts";

test.each([
  ["progressing", "progressing", next],
  ["ringing", "progressing", jump("no")],
  ["ringing", "ringing", next],
] as const)("a call that is %s, asked for %s", async (status, asked, outcome) => {
  expect(await createStep(condition, { status: asked, false_target_id: "no" }, { status }).run()).toMatchObject(
    outcome,
  );
});

test("without a target it goes on either way", async () => {
  expect(await createStep(condition, { status: "hangup" }).run()).toMatchObject(next);
});

test.each([[{ status: "up" }], [{ status: 1 }], [{}]])("refuses %j", async (option) => {
  await expect(createStep(condition, option).run()).rejects.toThrow("status");
});
