import { expect, test } from "vitest";
import { advance, begin, leaveList, leftForNow, type Position, runAgain } from "../../src/flow/cursor.ts";
import { defaultFlowLimits, type FlowLimits } from "../../src/flow/limits.ts";
import { fork, jump, next, type Outcome, stop } from "../../src/flow/outcome.ts";
import type { Action } from "../../src/model/action.ts";
import { listOf } from "./flows.ts";

/** The list of this name is interrupted. */
type Interruption = { readonly kind: "interrupt"; readonly list: string };
const interrupt = (list: string): Interruption => ({ kind: "interrupt", list });

/**
 * The ids in the order in which they run, and how it ends, when the actions end like this; `id:value` for an action that
 * has left itself a value, `-` for a list that could not be interrupted.
 */
function follow(
  actions: readonly Action[],
  happens: readonly (Outcome | Interruption)[],
  limits: Partial<FlowLimits> = {},
): string[] {
  const bounds = { ...defaultFlowLimits, ...limits };
  const visited: string[] = [];
  let position = begin(actions, bounds);
  const visit = (reached: Position) => {
    position = reached;
    if (reached.state === "ended") return visited.push(reached.reason);
    const left = leftForNow(reached.cursor);
    return visited.push(reached.action.id + (left === undefined ? "" : `:${JSON.stringify(left)}`));
  };
  visit(position);
  for (const event of happens) {
    if (position.state === "ended") break;
    if (event.kind !== "interrupt") visit(advance(position.cursor, event, bounds));
    else {
      const cursor = leaveList(position.cursor, event.list);
      if (cursor) visit(runAgain(cursor, bounds));
      else visited.push("-");
    }
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

test("an action that asks for it runs again after its nested list, with what it left for itself", () => {
  const waiting = fork(listOf("x", "y"), { thenAgain: { round: 1 } });
  expect(follow(listOf("a", "b"), [waiting, next, next, next])).toEqual(["a", "x", "y", 'a:{"round":1}', "b"]);
  expect(follow(listOf("a>c", "b", "c"), [waiting, next, next, next])).toEqual(["a", "x", "y", 'a:{"round":1}', "c"]);
});

test("what it leaves for itself may be any JSON, null and false too", () => {
  for (const value of [null, false, 0, "", [], {}]) {
    expect(follow(listOf("a"), [fork(listOf("x"), { thenAgain: value }), next])[2]).toBe(`a:${JSON.stringify(value)}`);
  }
});

test("an action that runs again may fork again: with another value, or for good", () => {
  const list = listOf("x");
  expect(
    follow(listOf("a", "b"), [
      fork(list, { thenAgain: 1 }),
      next,
      fork(list, { thenAgain: 2 }),
      next,
      fork(list),
      next,
    ]),
  ).toEqual(["a", "x", "a:1", "x", "a:2", "x", "b"]);
});

test("an empty nested list leads straight to the second run", () => {
  expect(follow(listOf("a", "b"), [fork([], { thenAgain: 1 }), next])).toEqual(["a", "a:1", "b"]);
  expect(follow(listOf("a"), [fork([], { thenAgain: 1 }), fork([], { thenAgain: 2 })], { steps: 2 })).toEqual([
    "a",
    "a:1",
    "step_limit",
  ]);
});

test("what an action left is gone once it goes on, jumps or is jumped to", () => {
  const left = fork(listOf("x"), { thenAgain: 1 });
  const list = listOf("a", "b");
  expect(follow(list, [left, next, next, jump("a")])).toEqual(["a", "x", "a:1", "b", "a"]);
  expect(follow(list, [left, next, jump("a")])).toEqual(["a", "x", "a:1", "a"]);
  expect(follow(list, [left, jump("a")])).toEqual(["a", "x", "a"]);
  expect(follow(list, [left, jump("b"), next])).toEqual(["a", "x", "b", "finished"]);
  expect(follow(list, [left, next, jump("a", 0)])).toEqual(["a", "x", "a:1", "b"]);
});

test("a jump outward drops what the lists between have left", () => {
  const outer = fork(listOf("x", "y"), { thenAgain: 1 });
  const inner = fork(listOf("m"), { thenAgain: 2 });
  expect(follow(listOf("a", "b"), [outer, inner, next, next, next])).toEqual(["a", "x", "m", "x:2", "y", "a:1"]);
  expect(follow(listOf("a", "b"), [outer, inner, jump("y"), next])).toEqual(["a", "x", "m", "y", "a:1"]);
  expect(follow(listOf("a", "b"), [outer, inner, jump("b"), next])).toEqual(["a", "x", "m", "b", "finished"]);
});

test("to run again costs a step and no jump", () => {
  const left = fork(listOf("x"), { thenAgain: 1, until: "k" });
  expect(follow(listOf("a", "b"), [left, next, next], { steps: 3, jumps: 0 })).toEqual(["a", "x", "a:1", "step_limit"]);
  expect(follow(listOf("a"), [left, next], { steps: 2 })).toEqual(["a", "x", "step_limit"]);
  expect(follow(listOf("a"), [left, interrupt("k"), next], { steps: 3, jumps: 0 })).toEqual([
    "a",
    "x",
    "a:1",
    "finished",
  ]);
  expect(follow(listOf("a"), [left, interrupt("k")], { steps: 2 })).toEqual(["a", "x", "step_limit"]);
});

test("an interrupted list is left wherever the run is in it, and the forking action runs again", () => {
  const left = fork(listOf("x", "y"), { thenAgain: 1, until: "k" });
  const list = listOf("a", "b");
  expect(follow(list, [left, interrupt("k"), next])).toEqual(["a", "x", "a:1", "b"]);
  expect(follow(list, [left, next, interrupt("k"), next])).toEqual(["a", "x", "y", "a:1", "b"]);
  const within = fork(listOf("m"), { thenAgain: 2 });
  expect(follow(list, [left, within, interrupt("k"), next])).toEqual(["a", "x", "m", "a:1", "b"]);
});

test("a list is interrupted by its own name, and only while the run is in it", () => {
  const left = fork(listOf("x"), { thenAgain: 1, until: "k" });
  const list = listOf("a", "b");
  expect(follow(list, [interrupt("k"), left])).toEqual(["a", "-", "x"]);
  expect(follow(list, [left, interrupt("other"), next])).toEqual(["a", "x", "-", "a:1"]);
  expect(follow(list, [left, interrupt("k"), interrupt("k")])).toEqual(["a", "x", "a:1", "-"]);
  expect(follow(list, [left, next, interrupt("k")])).toEqual(["a", "x", "a:1", "-"]);
  expect(follow(list, [left, jump("b"), interrupt("k")])).toEqual(["a", "x", "b", "-"]);
  expect(follow(list, [fork(listOf("x"), { thenAgain: 1 }), interrupt("undefined")])).toEqual(["a", "x", "-"]);
  // What forks anew without a name is in no list that could be interrupted.
  expect(follow(list, [left, next, fork(listOf("z")), interrupt("k")])).toEqual(["a", "x", "a:1", "z", "-"]);
});

test("of two lists, each is left by its own name; of the same name, the inner one first", () => {
  const outer = fork(listOf("x", "y"), { thenAgain: 1, until: "k" });
  const inner = fork(listOf("m"), { thenAgain: 2, until: "l" });
  expect(follow(listOf("a"), [outer, inner, interrupt("l"), interrupt("k")])).toEqual(["a", "x", "m", "x:2", "a:1"]);
  expect(follow(listOf("a"), [outer, inner, interrupt("k"), interrupt("l")])).toEqual(["a", "x", "m", "a:1", "-"]);
  const same = fork(listOf("m"), { thenAgain: 2, until: "k" });
  expect(follow(listOf("a"), [outer, same, interrupt("k"), interrupt("k")])).toEqual(["a", "x", "m", "x:2", "a:1"]);
});
