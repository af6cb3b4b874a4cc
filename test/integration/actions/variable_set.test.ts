import { expect, test } from "vitest";
import { tonesHeard } from "../../support/call.ts";
import { startLab } from "../../support/lab.ts";
import { aftermathOf, crash, longPrompt, prompt, set } from "./support.ts";

const lab = await startLab();

/** What is set, in this order, and what the variable then holds. */
const VALUES: readonly (readonly [key: string, value: string, held: string])[] = [
  ["plain", "voipbin", "voipbin"],
  ["Provider name", "any name will do", "any name will do"],
  ["customer.language", "한국어 🙂", "한국어 🙂"],
  ["empty", "", ""],
  ["undefined", "[${nobody set this}]", "[]"],
  ["of others", "${plain}, ${customer.language}", "voipbin, 한국어 🙂"],
  ["own", "first", "first"],
  ["own", "${own} and second", "first and second"],
  ["dollar", "$", "$"],
  ["text", "${dollar}{plain}", "${plain}"],
  ["once only", "${text}", "${plain}"],
  ["unclosed", "${plain", "${plain"],
  ["nested", "${a${plain}", ""],
  ["voipbin.own", "not one of the system's groups", "not one of the system's groups"],
  ["number", "${voipbin.call.destination.target}", "NUMBER"],
  ["direction", "${voipbin.call.direction} ${voipbin.call.status}", "incoming ringing"],
];

test("variable_set keeps each value as it is, variables put in once", async () => {
  const steps = VALUES.map(([key, value]) => set(key, value));
  const call = await lab.call([...steps, { type: "branch", option: branchOn("own", "first and second") }, ...ways()]);
  await call.ended();
  expect(tonesHeard(call)).toEqual([440]);
  const { variables, facts } = await aftermathOf(lab, call.number);
  const held = Object.fromEntries(VALUES.map(([key, , text]) => [key, text.replace("NUMBER", call.number)]));
  expect(variables).toMatchObject(held);
  expect(facts("action_failed")).toEqual([]);
});

test("names of the system and values that are too long are refused when the flow runs, and it goes on", async () => {
  const half = "x".repeat(20_000);
  const call = await lab.call([
    set("name", "voipbin.call.id"),
    set("${name}", "mine"),
    set("${nothing}", "nameless"),
    set("half", half),
    set("kept", "before"),
    set("kept", "${half}${half}"),
    // Fewer characters than the limit has bytes, but not in UTF-8.
    set("kept", "한".repeat(11_000)),
    prompt(lab, 440),
  ]);
  await call.ended();
  expect(tonesHeard(call)).toEqual([440]);
  const { record, variables, facts } = await aftermathOf(lab, call.number);
  const errors = facts("action_failed").map(({ error }) => error);
  expect(errors).toEqual(["OptionError", "OptionError", "OptionError", "VariableLimitError"]);
  expect(variables).toMatchObject({ kept: "before", "voipbin.call.id": record.id });
  expect(Object.keys(variables)).not.toContain("");
});

test("a run whose variables are full still hears keys, and is told what could not be set", async () => {
  const big = "x".repeat(32_000);
  const fill = Array.from({ length: 9 }, (_, index) => set(`big${index}`, "${big}"));
  const call = await lab.call([
    set("big", big),
    ...fill,
    // What is left of the room, to the last byte but a few.
    ...[4_000, 2_000, 1_000, 500, 250, 120, 60, 30, 10, 5, 2, 1].map((size) => set(`rest${size}`, "x".repeat(size))),
    { type: "answer" },
    prompt(lab, 440),
    { type: "digits_receive", option: { length: 3, duration: 4_000 } },
    prompt(lab, 620),
  ]);
  await call.heard(440);
  await call.press("123");
  await call.heard(620);
  await call.ended();
  const { variables, facts } = await aftermathOf(lab, call.number);
  expect(variables).toMatchObject({ "voipbin.call.digits": "123" });
  expect(facts("action_failed").length).toBeGreaterThan(1);
  for (const fact of facts("action_failed")) expect(fact).toMatchObject({ error: "VariableLimitError" });
});

test("what was set survives a crash", async () => {
  const call = await lab.call([
    set("choice", "kept"),
    longPrompt(lab, 850, 600),
    { type: "branch", option: branchOn("choice", "kept") },
    ...ways(),
  ]);
  await call.heard(850);
  await crash(lab);
  await call.ended();
  expect(tonesHeard(call)).toEqual([850, 440]);
});

test.each([
  [{ key: "voipbin.call.digits", value: "1" }, "key"],
  [{ key: "voipbin.queue.anything", value: "1" }, "key"],
  [{ key: "", value: "1" }, "key"],
  [{ value: "1" }, "key"],
  [{ key: "a" }, "value"],
  [{ key: "a", value: 1 }, "value"],
  [{ key: "a", value: "b", scope: "call" }, "scope"],
])("a flow with %j is refused when it is made", async (option, field) => {
  const flow = { name: "bad", actions: [{ type: "variable_set", option }] };
  const answer = await lab.api.request("POST", "/flows", flow);
  expect(answer.status).toBe(400);
  expect(JSON.stringify(answer.body)).toContain(`actions[0].option.${field}`);
});

const branchOn = (variable: string, value: string) => ({
  variable,
  target_ids: { [value]: "right" },
  default_target_id: "wrong",
});
const ways = () => [
  { ...prompt(lab, 440), id: "right", next_id: "end" },
  { ...prompt(lab, 620), id: "wrong" },
  { id: "end", type: "stop" },
];
