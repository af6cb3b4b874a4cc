import { expect, test } from "vitest";
import { advance, begin, type Position } from "../../src/flow/cursor.ts";
import { defaultFlowLimits, type FlowLimits } from "../../src/flow/limits.ts";
import { fork, jump, next, type Outcome, stop } from "../../src/flow/outcome.ts";
import type { Action } from "../../src/model/action.ts";
import { listOf } from "./flows.ts";

/** The ids in the order in which they run, and how it ends, when the actions end like this. */
function follow(actions: readonly Action[], outcomes: readonly Outcome[], limits: Partial<FlowLimits> = {}): string[] {
  const bounds = { ...defaultFlowLimits, ...limits };
  const visited: string[] = [];
  const visit = (position: Position) =>
    visited.push(position.state === "running" ? position.action.id : position.reason);
  let position = begin(actions, bounds);
  visit(position);
  for (const outcome of outcomes) {
    if (position.state === "ended") break;
    position = advance(position.cursor, outcome, bounds);
    visit(position);
  }
  return visited;
}

test("actions run in the order of the list, then the flow has finished", () => {
  expect(follow(listOf("a", "b"), [next, next])).toEqual(["a", "b", "finished"]);
});

test("an empty list is finished at once", () => {
  expect(follow([], [])).toEqual(["finished"]);
});

test("next_id comes before the order of the list; all zeros mean none", () => {
  const list = listOf("a>c", "b>00000000-0000-0000-0000-000000000000", "c>b");
  expect(follow(list, [next, next, next])).toEqual(["a", "c", "b", "c"]);
});

test("a jump goes anywhere in the list, to itself too", () => {
  expect(follow(listOf("a", "b", "c"), [jump("c"), jump("c"), jump("a")])).toEqual(["a", "c", "c", "a"]);
});

test("a target that nobody has ends the flow", () => {
  expect(follow(listOf("a"), [jump("gone")])).toEqual(["a", "target_missing"]);
  expect(follow(listOf("a>gone"), [next])).toEqual(["a", "target_missing"]);
});

test("stop ends the flow wherever it is", () => {
  expect(follow(listOf("a", "b"), [fork(listOf("c", "d")), stop("busy")])).toEqual(["a", "c", "stopped"]);
});

test("a nested flow returns to the step after its parent", () => {
  expect(follow(listOf("a", "b"), [fork(listOf("c")), next, next])).toEqual(["a", "c", "b", "finished"]);
});

test("a nested flow returns to its parent's next_id", () => {
  expect(follow(listOf("a>c", "b", "c"), [fork(listOf("x")), next, next])).toEqual(["a", "x", "c", "finished"]);
});

test("nested flows of the last actions all end together", () => {
  expect(follow(listOf("a"), [fork(listOf("b")), fork(listOf("c")), next])).toEqual(["a", "b", "c", "finished"]);
});

test("an empty nested list is passed over", () => {
  expect(follow(listOf("a", "b"), [fork([])])).toEqual(["a", "b"]);
});

test("a target is looked for inside first, then outward, which drops what is between", () => {
  const outer = listOf("a", "menu", "z");
  expect(follow(outer, [fork(listOf("b", "menu")), jump("menu"), next])).toEqual(["a", "b", "menu", "menu"]);
  expect(follow(outer, [fork(listOf("b")), fork(listOf("c")), jump("z"), next])).toEqual([
    "a",
    "b",
    "c",
    "z",
    "finished",
  ]);
});

test("an outer list can't reach into a nested one that has ended", () => {
  expect(follow(listOf("a", "b"), [fork(listOf("c")), next, jump("c")])).toEqual(["a", "c", "b", "target_missing"]);
});

test.each([["b"], ["constructor"], ["__proto__"], ["toString"]])("%s jumps as often as it may, then goes on", (id) => {
  const back = jump("a", 2);
  const outcomes = [next, back, next, back, next, back, next];
  expect(follow(listOf("a", id, "c"), outcomes)).toEqual(["a", id, "a", id, "a", id, "c", "finished"]);
});

test("jumps that are limited count each for their own action", () => {
  const list = listOf("a", "b", "c");
  expect(follow(list, [jump("b", 1), jump("c", 1), jump("a", 1), jump("b", 1), jump("c", 1)])).toEqual([
    "a",
    "b",
    "c",
    "a",
    "b",
    "c",
  ]);
});

test("each limit ends the flow for its own reason", () => {
  expect(follow(listOf("a", "b", "c"), [next, next], { steps: 2 })).toEqual(["a", "b", "step_limit"]);
  expect(follow(listOf("a"), [jump("a"), jump("a")], { jumps: 1 })).toEqual(["a", "a", "jump_limit"]);
  expect(follow(listOf("a"), [fork(listOf("b")), fork(listOf("c"))], { frames: 2 })).toEqual(["a", "b", "frame_limit"]);
});
