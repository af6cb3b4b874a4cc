import { expect, test } from "vitest";
import { check, inShort } from "./flows.ts";

const answer = { type: "answer" };
const sleep = (id: string, next_id?: string) => ({
  id,
  type: "sleep",
  option: { duration: 1 },
  ...(next_id && { next_id }),
});
const goto = (target_id: string, loop_count = 1) => ({ type: "goto", option: { target_id, loop_count } });

function warningsOf(...actions: unknown[]): readonly string[] {
  const { errors, warnings } = check(actions);
  expect(errors).toEqual([]);
  return inShort(warnings);
}

test("a menu that is well made gives no warning", () => {
  const warnings = warningsOf(
    answer,
    { id: "menu", type: "talk", option: { text: "Hello ${voipbin.call.source.target}" } },
    { type: "digits_receive" },
    { type: "branch", option: { target_ids: { "1": "sales" }, default_target_id: "again" } },
    { id: "sales", type: "variable_set", option: { key: "choice", value: "sales" } },
    { type: "talk", option: { text: "${choice}" } },
    { type: "hangup" },
    { id: "again", ...goto("menu", 3) },
  );
  expect(warnings).toEqual([]);
});

test.each(["transcribe_start", "transcribe_recording"])("%s with hints for who takes none", (type) => {
  const warned = (option: object) => warningsOf(answer, { type, option: { hints: ["Ringdown"], ...option } });
  expect(warned({ provider: "aws" })).toEqual([
    "actions[1].option.hints: aws takes no hints: they only count when it fails, and another provider goes on",
  ]);
  expect([...warned({}), ...warned({ provider: "gcp" }), ...warned({ provider: "aws", hints: [] })]).toEqual([]);
});

test.each(["connect", "call"])("%s with destinations that nobody can call", (type) => {
  const destinations = [
    { type: "sip", target: "bob" },
    { type: "sip", target: "bob@example.com" },
    { type: "tel", target: "030 123" },
    { type: "tel", target: "${number}" },
    { type: "extension", target_name: "1001" },
    { type: "email", target: "bob@example.com" },
  ];
  const option = { destinations, ...(type === "call" && { actions: [answer] }) };
  const set = { type: "variable_set", option: { key: "number", value: "+4930123" } };
  expect(warningsOf(set, { type, option })).toEqual([
    'actions[1].option.destinations: destinations[0] is "bob", which can\'t be called; give a URI like sip:user@host; ' +
      'destinations[2] is "030 123", which can\'t be called; give a number in E.164, such as +4930123456; ' +
      "destinations[5] is of type email, which nobody can call",
  ]);
});

test("an action that nothing leads to", () => {
  expect(warningsOf(answer, { type: "hangup" }, sleep("x"))).toEqual(['actions[2]: sleep ("x") is never reached']);
  expect(warningsOf({ ...answer, next_id: "z" }, sleep("x"), sleep("z"))).toEqual([
    'actions[1]: sleep ("x") is never reached',
  ]);
});

test("a branch with a default does not go on to the next action", () => {
  const branch = (option: object) => ({ type: "branch", option: { target_ids: { "1": "z" }, ...option } });
  expect(warningsOf(branch({ default_target_id: "z" }), sleep("x"), sleep("z"))).toHaveLength(1);
  expect(warningsOf(branch({}), sleep("x"), sleep("z"))).toEqual([]);
});

test("a target that a variable names may be any", () => {
  const warnings = warningsOf(
    { type: "branch", option: { default_target_id: "${voipbin.call.id}" } },
    sleep("x"),
    sleep("y"),
  );
  expect(warnings).toEqual([]);
});

test("a loop that nothing leads out of", () => {
  const message = 'from sleep ("x") on, the flow goes round for ever: no action leads out of the loop';
  expect(warningsOf(answer, sleep("x"), sleep("y", "x"))).toEqual([`actions[1]: ${message}`]);
  expect(warningsOf(answer, sleep("x", "x"))).toEqual([`actions[1]: ${message}`]);
});

test("a loop with a way out is none", () => {
  expect(warningsOf(answer, sleep("x"), goto("x"))).toEqual([]);
  const condition = { condition: "==", variable: "voipbin.call.id", value_type: "string", false_target_id: "x" };
  expect(warningsOf(sleep("x"), { type: "condition_variable", option: condition })).toEqual([]);
});

test("media that may come before the answer", () => {
  const beep = { id: "b", type: "beep" };
  expect(warningsOf(beep, answer)).toEqual(['actions[0]: beep ("b") may run before the call is answered']);
  expect(warningsOf(answer, beep)).toEqual([]);
  expect(warningsOf({ type: "talk", option: { text: "Hi" } }, beep)).toEqual([]);
});

test("one way without an answer is enough", () => {
  const condition = { type: "condition_call_status", option: { status: "progressing", false_target_id: "b" } };
  const warnings = warningsOf(condition, answer, { id: "b", type: "beep" });
  expect(warnings.filter((warning) => warning.includes("answered"))).toEqual([
    'actions[2]: beep ("b") may run before the call is answered',
  ]);
});

test("a deprecated type names what to use instead", () => {
  expect(warningsOf({ type: "condition_call_digits", option: { length: 1 } })).toEqual([
    "actions[0].type: condition_call_digits is deprecated. Use `condition_variable` with `voipbin.call.digits` instead.",
  ]);
});

test.each([[0], [-1], [undefined]])("a goto that never jumps: %j", (loop_count) => {
  const option = { target_id: "x", ...(loop_count === undefined ? {} : { loop_count }) };
  expect(warningsOf(sleep("x"), { type: "goto", option })).toEqual([
    "actions[1].option.loop_count: it never jumps: give the number of times in loop_count",
  ]);
});

test("a variable that nothing sets", () => {
  const talk = (text: string) => ({ type: "talk", option: { text } });
  expect(warningsOf(talk("${nmae}"), { type: "variable_set", option: { key: "name", value: "x" } })).toEqual([
    'actions[0].option.text: nothing sets the variable "nmae", so it is empty; did you mean "name"?',
  ]);
  expect(warningsOf(talk("${voipbin.call.digit}"))[0]).toContain('did you mean "voipbin.call.digits"?');
  expect(warningsOf({ type: "branch", option: { variable: "language", target_ids: {} } })).toHaveLength(1);
  const condition = { condition: "==", variable: "language", value_type: "string" };
  expect(warningsOf({ type: "condition_variable", option: condition })).toHaveLength(1);
});

test("when an action may set any name, only the system's are known not to be set", () => {
  const set = { type: "variable_set", option: { key: "customer.${voipbin.call.id}", value: "" } };
  expect(warningsOf(set, { type: "talk", option: { text: "${customer.1} ${voipbin.call.digit}" } })).toHaveLength(1);
});
