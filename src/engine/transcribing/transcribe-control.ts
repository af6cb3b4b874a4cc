import type { Confbridge } from "../../model/confbridge.ts";
import type { Transcribe } from "../../model/transcribe.ts";
import type { Bridges } from "../../ports/bridges.ts";
import type { Clock } from "../../ports/clock.ts";
import { CallStateError, type EngineControl } from "../../ports/engine-control.ts";
import type { Ids } from "../../ports/ids.ts";
import type { LiveAudio } from "../../ports/live-audio.ts";
import type { SpeechRecognizer } from "../../ports/speech-recognition.ts";
import type { Storage } from "../../ports/storage.ts";
import { NobodyThereError } from "../../ports/transcribing.ts";
import type { CallScope } from "../call-scope.ts";
import { type Listened, listenedCall, listenedConfbridge } from "./listened.ts";
import { transcribeRecording } from "./recorded.ts";
import type { Transcriptions } from "./transcriptions.ts";

type Services = {
  readonly transcriptions: Transcriptions;
  readonly find: (callId: string) => CallScope | undefined;
  readonly liveAudio: LiveAudio;
  readonly bridges: Bridges;
  readonly recognizer: SpeechRecognizer;
  readonly storage: Pick<Storage, "recordings" | "transcribes">;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly closing: AbortSignal;
};

type Control = Pick<
  EngineControl,
  "startTranscribe" | "transcribeRecording" | "transcribeConfbridge" | "stopTranscribesOf" | "stopTranscribe"
>;

/** Transcriptions as they are asked for from outside, and what those of an earlier process listen to. */
export function transcribeControl(services: Services) {
  const { transcriptions, find, liveAudio, recognizer, ids } = services;
  const ofConfbridge = (confbridge: Pick<Confbridge, "id" | "customer_id">) => listenedConfbridge(confbridge, services);

  const control: Control = {
    async startTranscribe(callId, order) {
      const scope = find(callId);
      if (!scope) throw new CallStateError("ended");
      return transcriptions.start(listenedCall(scope, liveAudio), ids.next(), order);
    },
    async transcribeRecording(recording, order) {
      recognizer.check();
      return transcribeRecording(recording, order, services);
    },
    async transcribeConfbridge(confbridge, order) {
      const listened = ofConfbridge(confbridge);
      if (!(await listened.isThere())) throw new NobodyThereError();
      // All are heard in one stream.
      return transcriptions.start(listened, ids.next(), { ...order, direction: "both" });
    },
    stopTranscribesOf: transcriptions.stopAll,
    stopTranscribe: transcriptions.stop,
  };
  return {
    control,
    listenedOf({ reference_type, reference_id: id, customer_id }: Transcribe): Listened | undefined {
      if (reference_type === "confbridge") return ofConfbridge({ id, customer_id });
      const scope = find(id);
      return scope && listenedCall(scope, liveAudio);
    },
  };
}
