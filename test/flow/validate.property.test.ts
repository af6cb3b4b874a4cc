import fc from "fast-check";
import { expect, test } from "vitest";
import { actions as catalogue } from "../../src/actions/registry.generated.ts";
import { begin } from "../../src/flow/cursor.ts";
import { defaultFlowLimits } from "../../src/flow/limits.ts";
import { check, checkDocument } from "./flows.ts";

const type = fc.constantFrom(...catalogue.keys());
const optionName = fc.constantFrom(
  "duration",
  "target_id",
  "target_ids",
  "text",
  "key",
  "value",
  "actions",
  "__proto__",
);
/** JSON that looks like actions now and then. */
const action = fc.record(
  {
    id: fc.oneof(fc.string(), fc.constantFrom("a", "b", "__proto__", "constructor")),
    next_id: fc.oneof(fc.jsonValue(), fc.constantFrom("a", "b")),
    type: fc.oneof({ weight: 9, arbitrary: type }, { weight: 1, arbitrary: fc.jsonValue() }),
    option: fc.oneof(fc.jsonValue(), fc.dictionary(optionName, fc.oneof(fc.jsonValue(), fc.constant("${a}")))),
  },
  { requiredKeys: [] },
);

/** As it comes in: through the parser. */
const parsed = (value: unknown) => JSON.parse(JSON.stringify(value));

test("whatever JSON is sent, there is a verdict", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (document) => {
      const { errors, flow } = checkDocument(parsed(document));
      expect(errors.length > 0).toBe(flow === undefined);
    }),
  );
});

test("whatever actions are sent, there is a verdict, and each fault says where and what", () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 6 }), (actions) => {
      const { errors, warnings, flow } = check(parsed(actions));
      expect(errors.length > 0).toBe(flow === undefined);
      for (const { path, message, expected } of [...errors, ...warnings]) {
        expect(path).toMatch(/^actions/);
        expect(message.length * expected.length).toBeGreaterThan(0);
        expect(message.length).toBeLessThan(2000);
      }
    }),
  );
});

test("a flow that is sound can begin, and is sound again as it was given back", () => {
  const example = type.chain((type) =>
    fc.constantFrom(...(catalogue.get(type)?.examples ?? [])).map((option) => ({ type, option })),
  );
  fc.assert(
    fc.property(fc.array(example, { maxLength: 5 }), (actions) => {
      const { flow } = check(actions);
      if (!flow) return;
      expect(flow.actions.length === 0).toBe(begin(flow.actions, defaultFlowLimits).state === "ended");
      expect(check(flow.actions).flow?.actions).toEqual(flow.actions);
    }),
  );
});

const many = (length: number, item: (index: number) => unknown) => Array.from({ length }, (_, index) => item(index));
const record = (length: number, value: (index: number) => unknown) =>
  Object.fromEntries(many(length, (index) => [`k${index}`, value(index)]) as [string, unknown][]);

test.each<[string, () => unknown]>([
  ["10,000 levels of lists", () => JSON.parse(`{"actions":${"[".repeat(10_000)}${"]".repeat(10_000)}}`)],
  ["10,000 levels of objects", () => JSON.parse(`{"actions":[${'{"option":'.repeat(10_000)}1${"}".repeat(10_000)}]}`)],
  [
    "a call in a call, 5,000 times",
    () => JSON.parse(`{"actions":${'[{"type":"call","option":{"actions":'.repeat(5000)}[]${"}}]".repeat(5000)}}`),
  ],
  ["__proto__ as a key", () => JSON.parse('{"actions":[{"type":"branch","option":{"target_ids":{"__proto__":"a"}}}]}')],
  ["__proto__ as the document's key", () => JSON.parse('{"__proto__":{"actions":[]}}')],
  [
    "a megabyte of text",
    () => ({ actions: [{ type: "talk", option: { text: "x".repeat(1_000_000), language: "a".repeat(1_000_000) } }] }),
  ],
  [
    "a megabyte of unclosed placeholders",
    () => ({ actions: [{ type: "hangup", option: { reason: "${".repeat(500_000) } }] }),
  ],
  ["a megabyte as a type", () => ({ actions: [{ type: "x".repeat(1_000_000) }] })],
  ["a megabyte as a name", () => ({ actions: [{ type: "answer", option: { ["x".repeat(1_000_000)]: 1 } }] })],
  ["50,000 unknown options", () => ({ actions: [{ type: "sleep", option: record(50_000, () => 1) }] })],
  [
    "50,000 bad targets",
    () => ({ actions: [{ type: "branch", option: { target_ids: record(50_000, () => "no where") } }] }),
  ],
  [
    "50,000 missing targets",
    () => ({
      actions: [
        { type: "branch", option: { target_ids: record(50_000, () => "nowhere") } },
        ...many(900, (index) => ({ id: `nowherf${index}`, type: "answer" })),
      ],
    }),
  ],
  [
    "50,000 targets with variables",
    () => ({ actions: [{ type: "branch", option: { target_ids: record(50_000, () => "${x}") } }] }),
  ],
  ["200,000 actions", () => ({ actions: many(200_000, () => ({})) })],
  [
    "1,000 branches that go anywhere",
    () => ({ actions: many(1000, () => ({ type: "branch", option: { default_target_id: "${x}" } })) }),
  ],
  [
    "1,000 actions in a circle",
    () => ({
      actions: many(1000, (index) => ({
        id: `a${index}`,
        type: "sleep",
        option: { duration: 1 },
        next_id: `a${(index + 1) % 1000}`,
      })),
    }),
  ],
  [
    "30,000 variables",
    () => ({ actions: [{ type: "talk", option: { text: many(6000, (index) => `\${x${index}}`).join("") } }] }),
  ],
])("%s: a verdict, within a test's time", (_, make) => {
  const document = make();
  const { errors, flow } = checkDocument(document);
  expect(errors.length > 0).toBe(flow === undefined);
  expect(Object.hasOwn(Object.prototype, "actions")).toBe(false);
});
