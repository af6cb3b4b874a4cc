/**
 * What a run knows, and its way into the store.
 *
 * 1. A step begins only after its position has been stored (or kept for later, see patient-storage.ts).
 * 2. Variables, facts and what is to be sent are stored together with the next position or memo, so that a step that
 *    runs again finds the state in which it began, or that in which it left a memo.
 */

import type { ActionDefinition, Break, Memo } from "../flow/action.ts";
import { type Cursor, currentAction, type Frame } from "../flow/cursor.ts";
import type { VariableLimits } from "../flow/variable-limits.ts";
import type { Action } from "../model/action.ts";
import type { EndedReason } from "../model/activeflow.ts";
import type { JsonValue } from "../model/json.ts";
import type { Message } from "../model/message.ts";
import type { TimelineEntry, TimelineType } from "../model/timeline.ts";
import type {
  ActiveflowChange,
  ActiveflowRecord,
  ActiveflowStore,
  StoredFrame,
  StoredPosition,
} from "../ports/activeflow-store.ts";
import type { Clock } from "../ports/clock.ts";
import type { Delivery } from "../ports/delivery-store.ts";
import type { DeliveryRequest } from "../ports/outbox.ts";
import type { Admission } from "./admission.ts";
import { type ComputedVariables, createRunVariables } from "./run-variables.ts";

/** The step that is running. A resumed one may have done part of its work in an earlier process. */
export type Step = {
  readonly id: string;
  readonly action: Action;
  readonly startedAtMs: number;
  readonly resumed: boolean;
  readonly memo: Readonly<Record<string, unknown>>;
};

type Services = {
  readonly store: ActiveflowStore;
  readonly clock: Clock;
  readonly limits: VariableLimits;
  readonly computed: ComputedVariables;
  /** Hears the name of each list that the run has left for good: the action that forked it will not run again. */
  readonly onListLeft?: (list: string) => void;
};

export type RunState = ReturnType<typeof createRunState>;

/** The state of a run that is stored already: as it was begun, or as another process left it. */
export function createRunState(
  record: ActiveflowRecord,
  frames: readonly StoredFrame[],
  services: Services,
  { resumed }: { readonly resumed: boolean },
) {
  const { store, clock } = services;
  const callId = record.reference_type === "call" ? record.reference_id : null;
  let cursor = restoreCursor(record, frames);
  let step = restoreStep(record, cursor, resumed);
  let facts: TimelineEntry[] = [];
  let deliveries: Delivery<DeliveryRequest>[] = [];
  let messages: Message[] = [];
  let variablesChanged = false;
  const variables = createRunVariables(record.variables, {
    ...services,
    onChange: () => {
      variablesChanged = true;
    },
  });

  let timestamp = { atMs: Number.NaN, text: "" };
  /** Made once a millisecond: a step asks three times, and making it costs as much as all else of a cheap step. */
  const now = (): string => {
    const atMs = clock.now();
    if (atMs !== timestamp.atMs) timestamp = { atMs, text: new Date(atMs).toISOString() };
    return timestamp.text;
  };

  function save(change: ActiveflowChange): Promise<void> {
    const changed = {
      ...change,
      ...(variablesChanged ? { variables: variables.stored() } : {}),
      ...(deliveries.length > 0 ? { deliveries } : {}),
      ...(messages.length > 0 ? { messages } : {}),
      tm_update: now(),
    };
    const pendingFacts = facts;
    variablesChanged = false;
    facts = [];
    deliveries = [];
    messages = [];
    return store.save(record.id, changed, pendingFacts);
  }

  const addFact = (type: TimelineType, data: Readonly<Record<string, unknown>>): void => {
    facts.push({ at: now(), type, activeflow_id: record.id, call_id: callId, data });
  };

  const tellOfListsLeft = (to: Cursor | undefined): void => {
    const kept = new Set(to ? listsOf(to) : []);
    for (const list of listsOf(cursor)) if (!kept.has(list)) services.onListLeft?.(list);
  };

  const position = () => storedPosition(cursor, step);

  return {
    record,
    variables,
    get cursor() {
      return cursor;
    },
    /** The step that runs now; undefined before the first and after the last. */
    get step() {
      return step;
    },
    addFact,
    addMessage: (message: Message): void => void messages.push(message),
    addDelivery: (delivery: Delivery<DeliveryRequest>): void => void deliveries.push(delivery),
    /** Stores variables and facts that are waiting, without moving. */
    flush: (): Promise<void> => save({}),
    /** Moves to the cursor's action and stores that, with the fact that announces it. */
    async enterStep(to: Cursor, action: Action, { type, data }: Admission["fact"]): Promise<Step> {
      const known = new Set(cursor.frames.map(({ id }) => id));
      const entered = to.frames.filter(({ id }) => !known.has(id)).map(({ id, actions }) => ({ id, actions }));
      tellOfListsLeft(to);
      cursor = to;
      addFact(type, data);
      step = { ...firstOf(record.id, to, clock), action, resumed: false };
      await save({ position: position(), ...(entered.length > 0 ? { enteredFrames: entered } : {}) });
      return step;
    },
    /** Remembers something about the running step; nothing when that step is over. */
    async remember(stepId: string, key: string, value: JsonValue, mayWait = false): Promise<void> {
      if (step?.id !== stepId) return;
      step = { ...step, memo: { ...step.memo, [key]: value } };
      await save({ position: position(), mayWait });
    },
    /** Counts calls that the running step has made; stored with whatever is stored next. */
    countCalls(count: number): void {
      cursor = { ...cursor, calls: (cursor.calls ?? 0) + count };
    },
    /** The running step's action came to no end of its own: lets its variables say so. */
    breakOff(definition: ActionDefinition | undefined, how: Break, atMs = clock.now()): void {
      const values = step && definition?.brokenOff?.(how, { memo: step.memo, atMs });
      if (values) variables.setAll(values);
    },
    recall: (key: string): unknown => step?.memo[key],
    /** Names of the lists that it is in, and texts that its step remembers. */
    names: (): readonly string[] => [
      ...listsOf(cursor),
      ...Object.values(step?.memo ?? {}).filter((value) => typeof value === "string"),
    ],
    async end(reason: EndedReason): Promise<void> {
      step = undefined;
      tellOfListsLeft(undefined);
      await save({ status: "ended", ended_reason: reason, position: position(), tm_end: now() });
    },
  };
}

const listsOf = ({ frames }: Cursor): readonly string[] => frames.flatMap(({ again }) => again?.until ?? []);

/** The memo of one step: the first result of each key, kept with the step. */
export function memoOf(state: RunState, stepId: string): Memo {
  return async (key, make) => {
    const known = state.recall(key);
    // What a key holds was made by the same action's `make`, in this process or an earlier one.
    if (known !== undefined) return known as Awaited<ReturnType<typeof make>>;
    const value = await make();
    await state.remember(stepId, key, value);
    return value;
  };
}

function restoreCursor({ position }: ActiveflowRecord, stored: readonly StoredFrame[]): Cursor {
  const actionsOf = new Map(stored.map(({ id, actions }) => [id, actions]));
  const frames: Frame[] = position.frames.map((frame) => ({ ...frame, actions: actionsOf.get(frame.id) ?? [] }));
  return { frames, steps: position.steps, jumps: position.jumps, calls: position.calls };
}

function restoreStep({ position }: ActiveflowRecord, cursor: Cursor, resumed: boolean): Step | undefined {
  const action = currentAction(cursor);
  return position.step && action ? { ...position.step, action, resumed } : undefined;
}

/** A step at its very beginning. Its id follows from the run's, so that what it makes in the switch is found again. */
const firstOf = (runId: string, { steps }: Cursor, clock: Clock) => ({
  id: `${runId}.${steps}`,
  startedAtMs: clock.now(),
  memo: {},
});

/** The position of a run that has not begun its first step. */
export const firstPosition = (runId: string, cursor: Cursor, clock: Clock): StoredPosition =>
  storedPosition(cursor, firstOf(runId, cursor, clock));

/** A position as it is stored; without a step, the run has not begun. */
export function storedPosition(
  { frames, steps, jumps, calls }: Cursor,
  step: StoredPosition["step"] | undefined,
): StoredPosition {
  return {
    frames: frames.map(({ id, index, jumpsOf, again }) => ({ id, index, jumpsOf, again })),
    steps,
    jumps,
    calls,
    step: step ? { id: step.id, startedAtMs: step.startedAtMs, memo: step.memo } : null,
  };
}
