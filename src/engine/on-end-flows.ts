/**
 * Flows that run when a recording, or a transcription, has ended.
 *
 * 1. The id of the run is stored with what it follows from the beginning: however often it is asked for, there is one.
 * 2. It is stored while what it follows can still be found by whoever takes over from this process, and begins when the
 *    end is on record.
 */
import type { Logger } from "pino";
import type { Recording } from "../model/recording.ts";
import type { TimelineEntry } from "../model/timeline.ts";
import type { Transcribe } from "../model/transcribe.ts";
import type { Clock } from "../ports/clock.ts";
import type { RecordedMedia } from "../ports/recorded-media.ts";
import type { Storage } from "../ports/storage.ts";
import { StorageError } from "../ports/storage-error.ts";
import type { Activeflows } from "./active-flows.ts";
import { recordingVariables } from "./recording/recording-variables.ts";
import { transcribeVariables } from "./transcribing/transcribe-variables.ts";

type Services = {
  readonly storage: Pick<Storage, "flows" | "activeflows" | "timeline" | "transcripts">;
  readonly activeflows: Pick<Activeflows, "prepare">;
  readonly media: Pick<RecordedMedia, "urlOf">;
  readonly clock: Clock;
  readonly log: Pick<Logger, "warn" | "error">;
  readonly closing: AbortSignal;
};

/** What has ended, and where that is told. */
type Ended = {
  readonly type: "recording" | "transcribe";
  readonly resource: Recording | Transcribe;
  readonly callId: string | null;
  readonly variables: () => Promise<Iterable<readonly [string, string]>>;
};

/** Before a storage that is away is asked again. */
const AGAIN_MS = 1_000;
const nothing = (): void => {};

/** Each stores the run that follows, unless it is; it begins when the result is called. */
export function onEndFlows({ storage, activeflows, media, clock, log, closing }: Services) {
  /** Waits for a storage that is away: nobody else would ask again. */
  async function follow(ended: Ended): Promise<() => void> {
    const about = { [`${ended.type}_id`]: ended.resource.id, flow_id: ended.resource.on_end_flow_id };
    for (;;) {
      try {
        return await prepare(ended);
      } catch (error) {
        closing.throwIfAborted();
        if (!(error instanceof StorageError) || error.fault !== "unavailable") {
          log.error({ ...about, err: error }, "what follows could not begin");
          return nothing;
        }
        log.warn({ ...about, err: error }, "what follows could not begin, trying again");
        await clock.sleepUntil(clock.now() + AGAIN_MS, closing);
      }
    }
  }

  async function prepare(ended: Ended): Promise<() => void> {
    const { type, resource, variables } = ended;
    const { id, customer_id: customerId, on_end_flow_id: flowId, on_end_activeflow_id: runId } = resource;
    if (flowId === null || runId === null) return nothing;
    if (await storage.activeflows.get(runId)) return nothing;
    const flow = await storage.flows.get(flowId, customerId);
    if (!flow) {
      await tellMissing(ended);
      return nothing;
    }
    const { actions, on_complete_flow_id: onCompleteFlowId } = flow;
    const origin = { referenceType: type, referenceId: id, variables: Object.fromEntries(await variables()) };
    return activeflows.prepare({ customerId, flowId, actions, onCompleteFlowId, ...origin }, undefined, runId);
  }

  async function tellMissing({ type, resource, callId: call_id }: Ended): Promise<void> {
    const { id, activeflow_id, on_end_flow_id } = resource;
    const data = { message: "the flow of on_end_flow_id is gone: nothing follows", flow_id: on_end_flow_id };
    const fact: TimelineEntry = {
      ...{ at: new Date(clock.now()).toISOString(), type: "note", activeflow_id, call_id },
      data: { ...data, [`${type}_id`]: id },
    };
    log.warn(fact.data, "no on_end flow");
    if (activeflow_id !== null || call_id !== null) await storage.timeline.append([fact]);
  }

  return {
    ofRecording: (recording: Recording): Promise<() => void> =>
      follow({
        type: "recording",
        resource: recording,
        callId: recording.reference_type === "call" ? recording.reference_id : null,
        variables: async () => recordingVariables(recording, media.urlOf(recording.id)),
      }),
    /** The call is the one whose timeline tells of it. */
    ofTranscribe: (transcribe: Transcribe, callId: string | null): Promise<() => void> =>
      follow({
        type: "transcribe",
        resource: transcribe,
        callId,
        variables: () => transcribeVariables(transcribe, storage.transcripts),
      }),
  };
}
