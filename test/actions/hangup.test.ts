import { expect, test } from "vitest";
import hangup from "../../src/actions/hangup.ts";
import { stop } from "../../src/flow/outcome.ts";
import { hangupReasons } from "../../src/model/hangup.ts";
import { createStep } from "../support/step.ts";

test.each([[{}], [{ reason: "" }], [{ reason: "normal" }]])("hangup with %j is a normal one", async (option) => {
  expect(await createStep(hangup, option).run()).toEqual(stop("normal"));
});

test.each(hangupReasons.map((reason) => [reason]))("hangup for the reason %s", async (reason) => {
  expect(await createStep(hangup, { reason }).run()).toEqual(stop(reason));
});

test.each([[{ reason: "rude" }], [{ reason: 17 }], [{ cause: 17 }]])("refuses %j", async (option) => {
  await expect(createStep(hangup, option).run()).rejects.toThrow("option");
});
