import type { Selectable } from "kysely";
import { z } from "zod";
import type { Action } from "../model/action.ts";
import { activeflowSchema } from "../model/activeflow.ts";
import type { ActiveflowRecord, StoredFrame, StoredPosition } from "../ports/activeflow-store.ts";
import { readJson, readValue } from "./resource-kind.ts";
import type { ActiveflowFrameRow, ActiveflowRow } from "./tables.ts";

const positionSchema: z.ZodType<StoredPosition> = z.object({
  frames: z.array(
    z.object({
      id: z.string(),
      index: z.int(),
      jumpsOf: z.record(z.string(), z.int()),
      again: z.object({ value: z.json(), until: z.string().optional() }).optional(),
    }),
  ),
  steps: z.int(),
  jumps: z.int(),
  calls: z.int().optional(),
  step: z.object({ id: z.string(), startedAtMs: z.number(), memo: z.record(z.string(), z.unknown()) }).nullable(),
});

const variablesSchema = z.record(z.string(), z.string());

const actionsSchema: z.ZodType<Action[]> = z.array(
  z.object({
    id: z.string(),
    next_id: z.string().optional(),
    type: z.string(),
    option: z.record(z.string(), z.unknown()),
  }),
);

const {
  reference_type: referenceTypeSchema,
  status: statusSchema,
  ended_reason: endedReasonSchema,
} = activeflowSchema.shape;

export const toActiveflowRow = (record: ActiveflowRecord): ActiveflowRow => ({
  ...record,
  position: JSON.stringify(record.position),
  variables: JSON.stringify(record.variables),
});

/** @throws StorageError `corrupt` */
export function fromActiveflowRow(row: Selectable<ActiveflowRow>): ActiveflowRecord {
  const what = `activeflow ${row.id}`;
  return {
    ...row,
    status: readValue(statusSchema, row.status, `status of ${what}`),
    reference_type: readValue(referenceTypeSchema, row.reference_type, `reference_type of ${what}`),
    ended_reason: readValue(endedReasonSchema, row.ended_reason, `ended_reason of ${what}`),
    position: readJson(positionSchema, row.position, `position of ${what}`),
    variables: readJson(variablesSchema, row.variables, `variables of ${what}`),
  };
}

/** @throws StorageError `corrupt` */
export const fromFrameRow = ({ activeflow_id, id, actions }: Selectable<ActiveflowFrameRow>): StoredFrame => ({
  id,
  actions: readJson(actionsSchema, actions, `frame ${id} of activeflow ${activeflow_id}`),
});
