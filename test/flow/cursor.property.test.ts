import fc from "fast-check";
import { expect, test } from "vitest";
import {
  advance,
  begin,
  type Cursor,
  currentAction,
  leaveList,
  leftForNow,
  type Position,
  runAgain,
} from "../../src/flow/cursor.ts";
import type { FlowLimits } from "../../src/flow/limits.ts";
import { fork, jump, next, type Outcome, stop } from "../../src/flow/outcome.ts";
import type { Action } from "../../src/model/action.ts";
import type { JsonValue } from "../../src/model/json.ts";

const id = fc.constantFrom("a", "b", "c", "d", "constructor", "__proto__");
const list = fc.uniqueArray(
  fc.record(
    { id, type: fc.constant("answer"), option: fc.constant({}), next_id: id },
    { requiredKeys: ["id", "type", "option"] },
  ),
  { selector: (action) => action.id, maxLength: 5 },
);
const name = fc.constantFrom("k", "l", "constructor");
/** As JSON has it: it knows no -0. */
const thenAgain = fc.jsonValue({ maxDepth: 2 }).map((value): JsonValue => JSON.parse(JSON.stringify(value)));
const outcome: fc.Arbitrary<Outcome> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(next) },
  {
    weight: 3,
    arbitrary: fc.tuple(id, fc.option(fc.nat(4), { nil: undefined })).map(([to, times]) => jump(to, times)),
  },
  { weight: 2, arbitrary: list.map((actions) => fork(actions)) },
  { weight: 2, arbitrary: fc.tuple(list, thenAgain).map(([actions, thenAgain]) => fork(actions, { thenAgain })) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(list, thenAgain, name)
      .map(([actions, thenAgain, until]) => fork(actions, { thenAgain, until })),
  },
  { weight: 1, arbitrary: fc.constant(stop()) },
);
const limits: fc.Arbitrary<FlowLimits> = fc.record({
  steps: fc.nat(60),
  jumps: fc.nat(20),
  frames: fc.integer({ min: 1, max: 6 }),
});
/** An action ends, or somebody interrupts the list of this name. */
type Happening = Outcome | string;
const happening: fc.Arbitrary<Happening> = fc.oneof({ weight: 5, arbitrary: outcome }, { weight: 1, arbitrary: name });
/** What happens, for ever: the same few again and again. */
const happenings = fc.array(happening, { minLength: 1, maxLength: 30 }).filter((all) => all.some(isOutcome));
const isOutcome = (happens: Happening): boolean => typeof happens !== "string";

/** What an interruption that is not heard leaves as it is. */
function after(position: Position, happens: Happening, limits: FlowLimits): Position {
  if (position.state === "ended") return position;
  if (typeof happens !== "string") return advance(position.cursor, happens, limits);
  const left = leaveList(position.cursor, happens);
  return left ? runAgain(left, limits) : position;
}

/** Every position of a run, to its end. */
function* run(actions: readonly Action[], happenings: readonly Happening[], limits: FlowLimits): Generator<Position> {
  let position = begin(actions, limits);
  yield position;
  for (let at = 0; position.state === "running"; at++) {
    const reached = after(position, happenings[at % happenings.length] ?? next, limits);
    if (reached !== position) yield reached;
    position = reached;
  }
}

const cursors = (positions: Iterable<Position>): Cursor[] =>
  [...positions].flatMap((position) => (position.state === "running" ? [position.cursor] : []));

test("any flow under any outcomes ends within its limits", () => {
  fc.assert(
    fc.property(list, happenings, limits, (actions, happenings, limits) => {
      const visited = cursors(run(actions, happenings, limits));
      expect(visited.length).toBeLessThanOrEqual(limits.steps);
      for (const cursor of visited) {
        expect(cursor.frames.length).toBeLessThanOrEqual(limits.frames);
        expect(cursor.jumps).toBeLessThanOrEqual(limits.jumps);
        expect(cursor.steps).toBeLessThanOrEqual(limits.steps);
      }
    }),
  );
});

test("it never leaves its lists, and names the action that it stands at", () => {
  fc.assert(
    fc.property(list, happenings, limits, (actions, happenings, limits) => {
      for (const position of run(actions, happenings, limits)) {
        if (position.state === "ended") continue;
        expect(currentAction(position.cursor)).toBe(position.action);
        for (const frame of position.cursor.frames) expect(frame.actions[frame.index]).toBeDefined();
        const ids = position.cursor.frames.map((frame) => frame.id);
        expect(new Set(ids).size).toBe(ids.length);
      }
    }),
  );
});

test("it goes on identically from its serialized cursor", () => {
  fc.assert(
    fc.property(list, happening, happening, happenings, limits, (actions, first, second, happenings, limits) => {
      for (const position of run(actions, happenings, limits)) {
        const copy: Position = JSON.parse(JSON.stringify(position));
        if (position.state === "running" && copy.state === "running") {
          expect(leftForNow(copy.cursor)).toEqual(leftForNow(position.cursor));
        }
        for (const happens of [first, second]) {
          expect(after(copy, happens, limits)).toEqual(after(position, happens, limits));
        }
      }
    }),
  );
});

test("to advance changes nothing of the cursor", () => {
  fc.assert(
    fc.property(list, happening, happenings, limits, (actions, last, happenings, limits) => {
      for (const position of run(actions, happenings, limits)) {
        const before = JSON.stringify(position);
        after(position, last, limits);
        expect(JSON.stringify(position)).toBe(before);
      }
    }),
  );
});

test("an action with a limited jump takes it that often and no more", () => {
  fc.assert(
    fc.property(fc.nat(8), id, (times, name) => {
      const actions = [{ id: name, type: "goto", option: {} }];
      const limits = { steps: 100, jumps: 100, frames: 1 };
      expect(cursors(run(actions, [jump(name, times)], limits))).toHaveLength(times + 1);
    }),
  );
});

test("an interrupted list is left, the forking action stands where it stood and finds what it left", () => {
  fc.assert(
    fc.property(list, happenings, name, limits, (actions, happenings, name, limits) => {
      for (const cursor of cursors(run(actions, happenings, limits))) {
        const left = leaveList(cursor, name);
        const named = cursor.frames.slice(0, -1).filter(({ again }) => again?.until === name);
        expect(left === undefined).toBe(named.length === 0);
        if (!left) continue;
        expect(left.frames.at(-1)).toBe(named.at(-1));
        expect(left.frames).toEqual(cursor.frames.slice(0, left.frames.length));
        expect(leftForNow(left)).toBe(named.at(-1)?.again?.value);
        const again = runAgain(left, limits);
        if (again.state === "running") expect(again.cursor).toEqual({ ...left, steps: cursor.steps + 1 });
        else expect(again.reason).toBe("step_limit");
      }
    }),
  );
});
