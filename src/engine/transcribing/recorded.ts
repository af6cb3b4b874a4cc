import type { ActiveflowRecord } from "../../ports/activeflow-store.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Ids } from "../../ports/ids.ts";
import type { Storage } from "../../ports/storage.ts";
import type { RecordingTranscriber } from "../../ports/transcribing-recordings.ts";
import { onEnd } from "../on-end.ts";
import { callOf } from "../run-plan.ts";

type Services = {
  readonly storage: Pick<Storage, "recordings" | "transcribes">;
  readonly clock: Clock;
  readonly ids: Ids;
};

/** Puts on record that recordings of the call of a run are to be transcribed; a worker does it. */
export function recordingTranscriberOf(
  record: ActiveflowRecord,
  { storage, clock, ids }: Services,
): RecordingTranscriber {
  const callId = callOf(record);
  return {
    async plan() {
      const recordings = callId === null ? [] : await storage.recordings.of(callId);
      return recordings.map(({ id: recording_id }) => ({ id: ids.next(), recording_id }));
    },
    async begin(planned, order) {
      for (const { id, recording_id } of planned) {
        if (await storage.transcribes.get(id)) continue;
        const now = new Date(clock.now()).toISOString();
        const { language, direction, provider } = order;
        const data = { transcribe_id: id, recording_id, language, direction, provider };
        await storage.transcribes.create(
          {
            ...{ id, customer_id: record.customer_id, activeflow_id: record.id },
            ...{
              reference_type: "recording",
              reference_id: recording_id,
              status: "progressing",
              ...order,
              ...onEnd(order.on_end_flow_id, ids),
            },
            ...{ end_reason: null, error: null, tm_end: null, tm_create: now, tm_update: now },
          },
          [{ at: now, type: "transcribe_started", activeflow_id: record.id, call_id: callId, data }],
        );
      }
    },
  };
}
