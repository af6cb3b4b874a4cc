import { expect, test } from "vitest";
import variableSet from "../../src/actions/variable_set.ts";
import { next } from "../../src/flow/outcome.ts";
import { createStep } from "../support/step.ts";

test("variable_set sets a value, variables put in once", async () => {
  const variables = { name: "Ada", tricky: "${name}" };
  const step = createStep(variableSet, { key: "Greeting to", value: "${name} ${tricky} ${missing}!" }, { variables });
  expect(await step.run()).toEqual(next);
  expect(step.variables.get("Greeting to")).toBe("Ada ${name} !");
});

test("names under voipbin that the system does not use may be set", async () => {
  const step = createStep(variableSet, { key: "voipbin.tts.gcp.voice_id", value: "x" });
  await step.run();
  expect(step.variables.get("voipbin.tts.gcp.voice_id")).toBe("x");
});

test.each([
  [{ key: "voipbin.call.digits", value: "" }],
  [{ key: "voipbin.call.something_new", value: "" }],
  [{ key: "${prefix}.call.id", value: "" }],
  [{ key: "", value: "" }],
  [{ key: "a" }],
  [{ value: "a" }],
  [{ key: "a", value: 5 }],
  [{ key: "a", value: null }],
  [{ key: "a", value: "x".repeat(32_769) }],
])("refuses %j", async (option) => {
  const step = createStep(variableSet, option, { variables: { prefix: "voipbin" } });
  await expect(step.run()).rejects.toThrow("option");
});
