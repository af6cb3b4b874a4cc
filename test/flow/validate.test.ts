import { expect, test } from "vitest";
import answer from "../../src/actions/answer.ts";
import { validateFlow } from "../../src/flow/validate.ts";
import { check, checkDocument, inShort } from "./flows.ts";

const NIL = "00000000-0000-0000-0000-000000000000";
const errorsOf = (actions: unknown) => inShort(check(actions).errors);

test("a sound flow gets the ids that are missing, and keeps options as they are written", () => {
  const { errors, flow } = checkDocument({
    name: "menu",
    on_complete_flow_id: NIL,
    actions: [
      { type: "answer", id: "", next_id: NIL, tm_execute: "2026-01-01T00:00:00.000Z" },
      {
        id: "hello",
        next_id: "hello",
        type: "talk",
        option: { text: "Hi ${voipbin.call.id}", language: "${language}" },
      },
    ],
  });
  expect(errors).toEqual([]);
  expect(flow).toEqual({
    name: "menu",
    detail: "",
    on_complete_flow_id: null,
    actions: [
      { id: "made-1", type: "answer", option: {} },
      {
        id: "hello",
        next_id: "hello",
        type: "talk",
        option: { text: "Hi ${voipbin.call.id}", language: "${language}" },
      },
    ],
  });
});

test("every fault is told at once", () => {
  const { errors, flow } = checkDocument({
    nam: "x",
    actions: [
      { type: "anwser" },
      { type: "sleep", option: { duraton: 5 } },
      { type: "branch", option: { target_ids: { "1": "nowhere", "2": "b d" } }, next_id: "nirgends" },
      { id: "a", type: "answer" },
      { id: "a", type: "answer" },
      5,
    ],
  });
  expect(flow).toBeUndefined();
  expect(errors.map(({ path, nearest }) => (nearest === undefined ? path : `${path} → ${nearest}`))).toEqual([
    "nam → name",
    "actions[0].type → answer",
    "actions[1].option.duration",
    "actions[1].option.duraton → duration",
    'actions[2].option.target_ids["2"]',
    "actions[5]",
    "actions[4].id",
    "actions[2].next_id",
    'actions[2].option.target_ids["1"]',
  ]);
});

test.each([
  [[], "an empty list"],
  [[1, 2], "a list of 2"],
  [null, "null"],
  ["flow", '"flow"'],
  [5, "5"],
])("a document that is %j is no flow", (document, received) => {
  expect(inShort(checkDocument(document).errors)).toEqual([
    `: a flow must be an object with a list of actions, not ${received}`,
  ]);
});

test.each([
  [undefined, "actions: there are no actions: give a list"],
  [null, "actions: must be a list of actions, not null"],
  [{}, "actions: must be a list of actions, not an object"],
])("actions that are %j are no list", (actions, message) => {
  expect(errorsOf(actions)).toEqual([message]);
});

test.each([
  [{ type: "sleep" }, "actions[0].option.duration: duration is missing: give a whole number from 0 to 86400000"],
  [
    { type: "sleep", option: { duration: "5" } },
    'actions[0].option.duration: duration must be a whole number from 0 to 86400000, not "5"',
  ],
  [
    { type: "sleep", option: { duration: "${wait}" } },
    'actions[0].option.duration: duration must be a whole number from 0 to 86400000, not "${wait}"',
  ],
  [{ type: "answer", option: { x: 1 } }, 'actions[0].option.x: there is no "x" here; there may be nothing at all'],
  [{ type: "answer", option: [] }, "actions[0].option: option must be an object, not an empty list"],
  [{ type: "answer", id: "a b" }, `actions[0].id: id must be a UUID or 1 to 64 letters, digits, '_' or '-', not "a b"`],
  [{ type: "hangup", option: { reason: "bussy" } }, 'must be one of .* not "bussy"; did you mean "busy"\\?$'],
  [{ type: 5 }, "actions[0].type: type must be text, not 5"],
  [{ type: "constructor" }, 'there is no action of type "constructor"'],
  [
    { type: "talk", text: "Hi", option: { text: "Hi" } },
    'actions[0].text: text belongs into option: "option": { "text": … }',
  ],
  [
    { type: "goto", option: { target_id: "menu" } },
    'actions[0].option.target_id: no action of this list has the id "menu"',
  ],
  [
    { type: "variable_set", option: { key: "voipbin.call.id", value: "" } },
    "actions[0].option.key: key must be a name that the system does not keep for itself",
  ],
  [
    { type: "play", option: { stream_urls: ["ftp://x"] } },
    "actions[0].option.stream_urls[0]: stream_urls[0] must be an http",
  ],
])("%j is told as %s", (action, message) => {
  const [error = "", ...more] = errorsOf([action]);
  expect(more).toEqual([]);
  if (message.endsWith("$")) expect(error).toMatch(new RegExp(message));
  else expect(error).toContain(message);
});

test("an action that is specified, but not there yet, is told as such", () => {
  const { run: _, ...later } = { ...answer, type: "later" };
  const options = { catalogue: new Map([["later", later]]), nextId: () => "made" };
  const { errors } = validateFlow({ actions: [{ type: "later" }] }, options);
  expect(inShort(errors)).toEqual(["actions[0].type: later is not available in this version"]);
});

test("what is far from every name gets no advice", () => {
  expect(check([{ type: "teleport" }]).errors[0]).not.toHaveProperty("nearest");
});

test.each([
  [{ type: "talk", option: { text: "Hi", language: "${l}", provider: "${p}", digits_handle: "${d}" } }],
  [{ type: "hangup", option: { reason: "${reason}" } }],
  [{ type: "goto", option: { target_id: "${target}", loop_count: 1 } }],
  [{ type: "branch", option: { target_ids: { "1": "${target}" }, default_target_id: "${target}" } }],
  [{ type: "play", option: { stream_urls: ["${url}", "https://a.test/${file}"] } }],
  [{ type: "variable_set", option: { key: "voipbin.call.${x}", value: "" } }],
])("text with variables may become right: %j", (action) => {
  expect(check([action]).errors).toEqual([]);
});

test("a list in an option is checked as a flow of its own", () => {
  const actions = [{ type: "slep" }, { type: "goto", option: { target_id: "outer" } }];
  const { errors } = check([{ id: "outer", type: "call", option: { destinations: [{ type: "tell" }], actions } }]);
  expect(errors.map(({ path }) => path)).toEqual([
    "actions[0].option.destinations[0].type",
    "actions[0].option.actions[0].type",
    "actions[0].option.actions[1].option.target_id",
  ]);
});

test("more actions than allowed are refused", () => {
  const actions = Array.from({ length: 1001 }, () => ({ type: "answer" }));
  expect(errorsOf(actions)).toEqual(["actions: the list has 1001 actions; at most 1000 are allowed"]);
  expect(errorsOf(actions.slice(1))).toEqual([]);
});
