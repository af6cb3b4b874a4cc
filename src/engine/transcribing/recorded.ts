import type { Recording } from "../../model/recording.ts";
import type { Transcribe } from "../../model/transcribe.ts";
import type { ActiveflowRecord } from "../../ports/activeflow-store.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Ids } from "../../ports/ids.ts";
import type { Storage } from "../../ports/storage.ts";
import type { TranscribeOrder } from "../../ports/transcribing.ts";
import type { RecordingTranscriber } from "../../ports/transcribing-recordings.ts";
import { onEnd } from "../on-end.ts";
import { callOf } from "../run-plan.ts";

type Services = {
  readonly storage: Pick<Storage, "recordings" | "transcribes">;
  readonly clock: Clock;
  readonly ids: Ids;
};

/** What is to be transcribed, and for whom. */
type Task = Pick<Transcribe, "id" | "customer_id" | "activeflow_id"> & {
  readonly recordingId: string;
  /** The call whose timeline tells of it. */
  readonly callId: string | null;
};

/** Puts on record that the recordings of a run's call, or the one that it follows, are to be transcribed; a worker does it. */
export function recordingTranscriberOf(record: ActiveflowRecord, services: Services): RecordingTranscriber {
  const { storage, ids } = services;
  const { id: activeflow_id, customer_id, reference_type, reference_id } = record;
  const callId = callOf(record);
  return {
    async plan() {
      const recordings = callId === null ? [] : await storage.recordings.of(callId);
      const followed = reference_type === "recording" && reference_id !== null ? [reference_id] : [];
      return [...followed, ...recordings.map(({ id }) => id)].map((recording_id) => ({ id: ids.next(), recording_id }));
    },
    async begin(planned, order) {
      for (const { id, recording_id: recordingId } of planned) {
        if (await storage.transcribes.get(id)) continue;
        await putOnRecord({ id, customer_id, activeflow_id, recordingId, callId }, order, services);
      }
    },
  };
}

/** Puts on record that a recording is to be transcribed, of whatever it is. */
export const transcribeRecording = (
  { id: recordingId, customer_id, activeflow_id, reference_type, reference_id }: Recording,
  order: TranscribeOrder,
  services: Services,
): Promise<Transcribe> => {
  const callId = reference_type === "call" ? reference_id : null;
  return putOnRecord({ id: services.ids.next(), customer_id, activeflow_id, recordingId, callId }, order, services);
};

async function putOnRecord(
  { recordingId, callId: call_id, ...own }: Task,
  order: TranscribeOrder,
  { storage, clock, ids }: Services,
): Promise<Transcribe> {
  const now = new Date(clock.now()).toISOString();
  const { language, direction, provider } = order;
  const transcribe: Transcribe = {
    ...{ ...own, reference_type: "recording", reference_id: recordingId, status: "progressing" },
    ...{ ...order, ...onEnd(order.on_end_flow_id, ids) },
    ...{ end_reason: null, error: null, tm_end: null, tm_create: now, tm_update: now },
  };
  const data = { transcribe_id: own.id, recording_id: recordingId, language, direction, provider };
  const { activeflow_id } = own;
  await storage.transcribes.create(transcribe, [{ at: now, type: "transcribe_started", activeflow_id, call_id, data }]);
  return transcribe;
}
