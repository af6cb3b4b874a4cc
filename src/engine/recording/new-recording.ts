import type { Recording } from "../../model/recording.ts";
import type { RecordingOrder } from "../../ports/call-recorder.ts";
import type { Ids } from "../../ports/ids.ts";
import { onEnd } from "../on-end.ts";
import type { Recorded } from "./recorded.ts";

/** A recording that has yet to begin. */
export function newRecording(
  id: string,
  recorded: Recorded,
  order: RecordingOrder,
  { now, ids }: { readonly now: string; readonly ids: Ids },
): Recording {
  const { referenceType, referenceId } = recorded;
  const recording_name = `${referenceType}_${referenceId}_${now}`;
  return {
    id,
    customer_id: recorded.customerId,
    activeflow_id: recorded.activeflowId,
    reference_type: referenceType,
    reference_id: referenceId,
    status: "initiating",
    format: order.format,
    channels: order.channels,
    paused: false,
    ...onEnd(order.onEndFlowId, ids),
    recording_name,
    filenames: [`${recording_name}.${order.format}`],
    end_reason: null,
    duration_ms: null,
    size: null,
    fault: null,
    tm_start: null,
    tm_end: null,
    tm_create: now,
    tm_update: now,
    source: recorded.source,
    end_of_silence: order.endOfSilence,
    end_of_key: order.endOfKey,
    max_duration: order.duration,
    storage_key: null,
    work: null,
    paused_ms: 0,
    tm_paused: null,
  };
}
