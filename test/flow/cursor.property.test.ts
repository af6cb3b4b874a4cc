import fc from "fast-check";
import { expect, test } from "vitest";
import { advance, begin, type Cursor, currentAction, type Position } from "../../src/flow/cursor.ts";
import type { FlowLimits } from "../../src/flow/limits.ts";
import { fork, jump, next, type Outcome, stop } from "../../src/flow/outcome.ts";
import type { Action } from "../../src/model/action.ts";

const id = fc.constantFrom("a", "b", "c", "d", "constructor", "__proto__");
const list = fc.uniqueArray(
  fc.record(
    { id, type: fc.constant("answer"), option: fc.constant({}), next_id: id },
    { requiredKeys: ["id", "type", "option"] },
  ),
  { selector: (action) => action.id, maxLength: 5 },
);
const outcome: fc.Arbitrary<Outcome> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(next) },
  {
    weight: 3,
    arbitrary: fc.tuple(id, fc.option(fc.nat(4), { nil: undefined })).map(([to, times]) => jump(to, times)),
  },
  { weight: 3, arbitrary: list.map(fork) },
  { weight: 1, arbitrary: fc.constant(stop()) },
);
const limits: fc.Arbitrary<FlowLimits> = fc.record({
  steps: fc.nat(60),
  jumps: fc.nat(20),
  frames: fc.integer({ min: 1, max: 6 }),
});
/** Outcomes for ever: the same few again and again. */
const outcomes = fc.array(outcome, { minLength: 1, maxLength: 30 });

/** Every position of a run, to its end. */
function* run(actions: readonly Action[], outcomes: readonly Outcome[], limits: FlowLimits): Generator<Position> {
  let position = begin(actions, limits);
  yield position;
  for (let at = 0; position.state === "running"; at++) {
    position = advance(position.cursor, outcomes[at % outcomes.length] ?? next, limits);
    yield position;
  }
}

const cursors = (positions: Iterable<Position>): Cursor[] =>
  [...positions].flatMap((position) => (position.state === "running" ? [position.cursor] : []));

test("any flow under any outcomes ends within its limits", () => {
  fc.assert(
    fc.property(list, outcomes, limits, (actions, outcomes, limits) => {
      const visited = cursors(run(actions, outcomes, limits));
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
    fc.property(list, outcomes, limits, (actions, outcomes, limits) => {
      for (const position of run(actions, outcomes, limits)) {
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
    fc.property(list, outcome, outcome, outcomes, limits, (actions, first, second, outcomes, limits) => {
      for (const cursor of cursors(run(actions, outcomes, limits))) {
        const copy: Cursor = JSON.parse(JSON.stringify(cursor));
        for (const outcome of [first, second]) {
          expect(advance(copy, outcome, limits)).toEqual(advance(cursor, outcome, limits));
        }
      }
    }),
  );
});

test("to advance changes nothing of the cursor", () => {
  fc.assert(
    fc.property(list, outcome, outcomes, limits, (actions, last, outcomes, limits) => {
      for (const cursor of cursors(run(actions, outcomes, limits))) {
        const before = JSON.stringify(cursor);
        advance(cursor, last, limits);
        expect(JSON.stringify(cursor)).toBe(before);
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
