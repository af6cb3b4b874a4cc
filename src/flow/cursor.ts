/**
 * Where a run stands, and where it goes next. Pure: no clock, no randomness, no I/O.
 *
 * 1. A cursor names exactly one action: the one at `index` of the innermost frame.
 * 2. `advance` never mutates; the cursor it returns depends only on its arguments, so a run goes on identically
 *    from its serialized cursor.
 * 3. Each advance costs a step and each jump a jump; both are bounded, so every run ends.
 * 4. A target is looked for in the innermost frame, then outward; frames between are dropped.
 * 5. An action that runs again after its nested list finds what it left for itself, until it has ended otherwise than by
 *    forking so again.
 */
import type { Action } from "../model/action.ts";
import { NIL_UUID } from "../model/identifier.ts";
import type { JsonValue } from "../model/json.ts";
import type { FlowLimits } from "./limits.ts";
import type { Again, Outcome } from "./outcome.ts";

export type Frame = {
  /** Unique within the run: the step at which the frame was entered. */
  readonly id: string;
  readonly actions: readonly Action[];
  readonly index: number;
  /** How often each action of this frame has jumped, for those that jump a limited number of times. */
  readonly jumpsOf: Readonly<Record<string, number>>;
  /** The action at `index` runs again once the frames within are done; in the innermost frame, it does so now. */
  readonly again?: Again;
};

/** Frames from the outermost to the innermost, and what the run has spent so far. */
export type Cursor = {
  readonly frames: readonly Frame[];
  readonly steps: number;
  readonly jumps: number;
  /** Calls that its actions have made, if any has. */
  readonly calls?: number | undefined;
};

export const flowEndings = [
  "finished",
  "stopped",
  "target_missing",
  "step_limit",
  "jump_limit",
  "frame_limit",
] as const;
export type FlowEnding = (typeof flowEndings)[number];

export type Position =
  | { readonly state: "running"; readonly cursor: Cursor; readonly action: Action }
  | { readonly state: "ended"; readonly reason: FlowEnding };

/** Id of the frame that every run begins in. */
export const MAIN_FRAME = "0";

/** The position at the first action of a list; ended at once when the list is empty. */
export function begin(actions: readonly Action[], limits: FlowLimits): Position {
  return enter({ frames: [frame(MAIN_FRAME, actions)], steps: 0, jumps: 0 }, limits);
}

/** The action that a cursor names. */
export function currentAction(cursor: Cursor): Action | undefined {
  const innermost = cursor.frames.at(-1);
  return innermost?.actions[innermost.index];
}

/** What the current action has left for itself; undefined when it runs for the first time. */
export const leftForNow = (cursor: Cursor): JsonValue | undefined => cursor.frames.at(-1)?.again?.value;

/** The position after the current action has ended with this outcome. */
export function advance(cursor: Cursor, outcome: Outcome, limits: FlowLimits): Position {
  const action = currentAction(cursor);
  if (!action || outcome.kind === "stop") return { state: "ended", reason: "stopped" };
  if (outcome.kind === "fork" && outcome.again) {
    const forking = { ...cursor, frames: withAgain(cursor.frames, outcome.again) };
    return outcome.actions.length > 0 ? enterList(forking, outcome.actions, limits) : runAgain(forking, limits);
  }
  if (outcome.kind === "fork" && outcome.actions.length > 0) {
    return enterList({ ...cursor, frames: withAgain(cursor.frames, undefined) }, outcome.actions, limits);
  }
  if (outcome.kind === "jump" && mayJump(cursor, action, outcome.times)) {
    return jumpTo(countJumpOf(cursor, action, outcome.times), outcome.targetId, limits);
  }
  return goOn(cursor, action, limits);
}

/**
 * The cursor back at the action that forked the list of this name, the frames within dropped; undefined when the run is
 * not in such a list. Of several, the innermost is left. The action has yet to run again.
 */
export function leaveList(cursor: Cursor, name: string): Cursor | undefined {
  const depth = cursor.frames.slice(0, -1).findLastIndex(({ again }) => again?.until === name);
  return depth < 0 ? undefined : { ...cursor, frames: cursor.frames.slice(0, depth + 1) };
}

/** The position at the current action, run again with what it has left for itself. Costs a step, and no jump. */
export const runAgain = (cursor: Cursor, limits: FlowLimits): Position => enter(cursor, limits);

/**
 * After an action: to its `next_id`, else to the next of its list, else again to the action that forked the list, or on
 * after that.
 */
function goOn(cursor: Cursor, action: Action, limits: FlowLimits): Position {
  if (action.next_id && action.next_id !== NIL_UUID) return jumpTo(cursor, action.next_id, limits);
  const outer = cursor.frames.slice(0, -1);
  const innermost = cursor.frames.at(-1);
  if (innermost && innermost.index + 1 < innermost.actions.length) {
    return enter({ ...cursor, frames: [...outer, standingAt(innermost, innermost.index + 1)] }, limits);
  }
  const around = { ...cursor, frames: outer };
  const forking = currentAction(around);
  if (!forking) return { state: "ended", reason: "finished" };
  return outer.at(-1)?.again ? runAgain(around, limits) : goOn(around, forking, limits);
}

function enterList(cursor: Cursor, actions: readonly Action[], limits: FlowLimits): Position {
  if (cursor.frames.length >= limits.frames) return { state: "ended", reason: "frame_limit" };
  return enter({ ...cursor, frames: [...cursor.frames, frame(String(cursor.steps), actions)] }, limits);
}

function jumpTo(cursor: Cursor, targetId: string, limits: FlowLimits): Position {
  if (cursor.jumps >= limits.jumps) return { state: "ended", reason: "jump_limit" };
  const depth = cursor.frames.findLastIndex(({ actions }) => actions.some(({ id }) => id === targetId));
  const target = cursor.frames[depth];
  if (!target) return { state: "ended", reason: "target_missing" };
  const index = target.actions.findIndex(({ id }) => id === targetId);
  return enter(
    { ...cursor, jumps: cursor.jumps + 1, frames: [...cursor.frames.slice(0, depth), standingAt(target, index)] },
    limits,
  );
}

/** Counts the step into the action that the frames now name; ended when no action is left. */
function enter(cursor: Cursor, limits: FlowLimits): Position {
  const action = currentAction(cursor);
  if (!action) return { state: "ended", reason: "finished" };
  if (cursor.steps >= limits.steps) return { state: "ended", reason: "step_limit" };
  return { state: "running", cursor: { ...cursor, steps: cursor.steps + 1 }, action };
}

function mayJump(cursor: Cursor, action: Action, times: number | undefined): boolean {
  return times === undefined || jumpsSoFar(cursor.frames.at(-1), action) < times;
}

/** Own fields only: an action may be called `constructor`. */
function jumpsSoFar(frame: Frame | undefined, { id }: Action): number {
  return frame && Object.hasOwn(frame.jumpsOf, id) ? (frame.jumpsOf[id] ?? 0) : 0;
}

function countJumpOf(cursor: Cursor, action: Action, times: number | undefined): Cursor {
  const innermost = cursor.frames.at(-1);
  if (times === undefined || !innermost) return cursor;
  const jumpsOf = { ...innermost.jumpsOf, [action.id]: jumpsSoFar(innermost, action) + 1 };
  return { ...cursor, frames: [...cursor.frames.slice(0, -1), { ...innermost, jumpsOf }] };
}

/** The frame at another of its actions, or anew at the same. */
const standingAt = ({ again: _, ...frame }: Frame, index: number): Frame => ({ ...frame, index });

function withAgain(frames: readonly Frame[], again: Again | undefined): readonly Frame[] {
  const innermost = frames.at(-1);
  if (!innermost || innermost.again === again) return frames;
  const anew = standingAt(innermost, innermost.index);
  return [...frames.slice(0, -1), again ? { ...anew, again } : anew];
}

const frame = (id: string, actions: readonly Action[]): Frame => ({ id, actions, index: 0, jumpsOf: {} });
