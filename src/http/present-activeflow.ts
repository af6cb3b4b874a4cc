import type { Action, ActionDocument } from "../model/action.ts";
import { actionStartedSchema } from "../model/action-started.ts";
import type { Activeflow } from "../model/activeflow.ts";
import type { TimelineEntry } from "../model/timeline.ts";
import type { ActiveflowRecord, StoredFrame } from "../ports/activeflow-store.ts";
import type { Storage } from "../ports/storage.ts";

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
    executed_actions: facts.flatMap(executedAction),
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
  return position.step ? executed(action, new Date(position.step.startedAtMs).toISOString()) : action;
}

function executedAction({ type, at, data }: TimelineEntry): readonly ActionDocument[] {
  if (type !== "action_started") return [];
  const started = actionStartedSchema.safeParse(data);
  if (!started.success) return [];
  const { action_id, action, option } = started.data;
  return [{ id: action_id, type: action, option, tm_execute: at }];
}

const executed = (action: Action, tm_execute: string): ActionDocument => ({ ...action, tm_execute });
