import type { Action, ActionDocument } from "../model/action.ts";
import { type ActionStarted, actionStartedSchema } from "../model/action-started.ts";
import type { Activeflow } from "../model/activeflow.ts";
import type { TimelineEntry } from "../model/timeline.ts";
import type { ActiveflowRecord, StoredFrame } from "../ports/activeflow-store.ts";
import type { Storage } from "../ports/storage.ts";
import { documentOf } from "./action-document.ts";

/** A run as the API shows it: what is stored of it, what it runs, and what its timeline says it ran. */
export function presentActiveflow(
  record: ActiveflowRecord,
  frames: readonly StoredFrame[],
  facts: readonly TimelineEntry[],
): Activeflow {
  const { position, complete_count: _internal, variables, ...shown } = record;
  return {
    ...shown,
    variables: { ...variables },
    current_action: record.status === "running" ? currentAction(record, frames) : null,
    executed_actions: facts.flatMap((fact) => executedAction(fact, frames)),
  };
}

/** Reads what `presentActiveflow` needs beside the record. */
export async function readActiveflow(storage: Storage, record: ActiveflowRecord): Promise<Activeflow> {
  const [frames, facts] = await Promise.all([
    storage.activeflows.frames(record.id),
    storage.timeline.ofActiveflow(record.id),
  ]);
  return presentActiveflow(record, frames, facts);
}

function currentAction({ position }: ActiveflowRecord, frames: readonly StoredFrame[]): ActionDocument | null {
  const innermost = position.frames.at(-1);
  const action = frames.find(({ id }) => id === innermost?.id)?.actions[innermost?.index ?? 0];
  if (!action) return null;
  return position.step ? executed(action, new Date(position.step.startedAtMs).toISOString()) : documentOf(action);
}

function executedAction({ type, at, data }: TimelineEntry, frames: readonly StoredFrame[]): readonly ActionDocument[] {
  if (type !== "action_started") return [];
  const started = actionStartedSchema.safeParse(data);
  return started.success ? [executed(actionOf(started.data, frames), at)] : [];
}

/** Facts outlive frames: without its frame an action still has its id and type. */
function actionOf({ frame_id, action_id, action_type }: ActionStarted, frames: readonly StoredFrame[]): Action {
  const stored = frames.find(({ id }) => id === frame_id)?.actions.find(({ id }) => id === action_id);
  return stored ?? { id: action_id, type: action_type, option: {} };
}

const executed = (action: Action, tm_execute: string): ActionDocument => ({ ...documentOf(action), tm_execute });
