import { expect, test } from "vitest";
import { type FreeAgent, type Line, match } from "../../../src/engine/queues/matching.ts";

const line = (changes: Partial<Line>, ...tickets: readonly number[]): Line => ({
  customerId: "anna",
  tagIds: [],
  method: "fifo",
  waiting: tickets.map((ticket) => ({ id: `caller ${ticket}`, ticket })),
  ...changes,
});
const agent = (id: string, tagIds: readonly string[] = [], freeSinceMs = 0, customerId = "anna"): FreeAgent => ({
  id,
  customerId,
  tagIds,
  freeSinceMs,
});
const pairs = (lines: readonly Line[], agents: readonly FreeAgent[], random = 0) =>
  match(lines, agents, () => random).map(({ callerId, agentId }) => `${callerId} – ${agentId}`);

test("who came first is served first, whatever queue it is in", () => {
  expect(pairs([line({}, 2, 3), line({}, 1, 4)], [agent("a"), agent("b"), agent("c")])).toEqual([
    "caller 1 – a",
    "caller 2 – b",
    "caller 3 – c",
  ]);
});

test.each([
  ["one of several tags is enough", ["sales", "spanish"], ["spanish", "french"], true],
  ["another tag is not", ["sales"], ["support"], false],
  ["no tag is not either", ["sales"], [], false],
  ["a queue without tags takes any agent", [], ["sales"], true],
] as const)("%s", (_what, wanted, has, fits) => {
  expect(pairs([line({ tagIds: wanted }, 1)], [agent("a", has)])).toEqual(fits ? ["caller 1 – a"] : []);
});

test("a caller whom nobody can take holds up its own queue only", () => {
  const lines = [line({ tagIds: ["sales"] }, 1, 2), line({}, 3)];
  expect(pairs(lines, [agent("a", ["support"]), agent("b", ["support"])])).toEqual(["caller 3 – a"]);
});

test("agents of one customer never take another's callers", () => {
  expect(pairs([line({}, 1)], [agent("a", [], 0, "bert")])).toEqual([]);
});

test("of several free agents, it is the turn of who has been free for longest", () => {
  expect(pairs([line({}, 1, 2)], [agent("a", [], 20), agent("b", [], 10)])).toEqual(["caller 1 – b", "caller 2 – a"]);
});

test.each([
  [0, "a"],
  [0.5, "b"],
  [0.99, "c"],
])("with random routing it is any agent's: %d", (random, expected) => {
  const agents = [agent("a", [], 3), agent("b", [], 2), agent("c", [], 1)];
  expect(pairs([line({ method: "random" }, 1)], agents, random)).toEqual([`caller 1 – ${expected}`]);
});
