/** Hears when the caller speaks, and understands what: both from the same frames. */
import type { Clock } from "../../ports/clock.ts";
import type { LiveStream } from "../../ports/live-audio.ts";
import type { Heard, ListenRequest, ListenTrouble, SpeechRecognizer } from "../../ports/speech-recognition.ts";
import { withoutHoles } from "../live/without-holes.ts";
import { createAudioPipe } from "./audio-pipe.ts";
import { voiceActivity } from "./voice-activity.ts";

export type EarEvent =
  | { readonly kind: "voice_began" }
  | { readonly kind: "voice_ended" }
  | { readonly kind: "heard"; readonly text: string; readonly isAll: boolean }
  /** What will have been said, if nothing follows: the caller is silent for a moment. */
  | { readonly kind: "supposed"; readonly text: string }
  /** Nobody understands any more. */
  | { readonly kind: "deaf"; readonly error: unknown }
  /** No more sound comes. */
  | { readonly kind: "cut" };

type Parts = {
  readonly stream: Pick<LiveStream, "frames">;
  readonly recognizer: SpeechRecognizer;
  readonly language: string;
  readonly hints: readonly string[];
  readonly clock: Clock;
  /** Whether it is worth supposing what was said before that is certain. */
  readonly supposes: boolean;
  readonly add: (event: EarEvent) => void;
  /** Hears of each recognizer that failed. */
  readonly onTrouble?: (trouble: ListenTrouble) => void;
  /** Hears who listens, whenever that changes. */
  readonly onListener?: (provider: string) => void;
};

const SAMPLE_RATE_HZ = 16_000;
/** Voice so shortly after the end of what was understood belongs to it. */
const TAIL_MS = 300;
/** Who is silent for so long may have finished; longer than the silence within words. */
const SILENT_MS = 160;

/** Listens until the signal aborts or the sound ends; resolves when nothing is left of it. */
export async function listen(parts: Parts, signal: AbortSignal): Promise<void> {
  const { stream, recognizer, language, hints, clock, supposes, add, onTrouble, onListener } = parts;
  const audio = createAudioPipe();
  const activity = voiceActivity();
  let provisional: Heard | undefined;
  signal.addEventListener("abort", audio.end, { once: true });

  /** Tells once what was understood for the time being, as soon as the caller is silent after it. */
  function suppose(): void {
    const { heardMs, lastVoiceMs } = activity;
    if (!provisional || heardMs - lastVoiceMs < SILENT_MS) return;
    const { text, endMs } = provisional;
    provisional = undefined;
    if (lastVoiceMs <= endMs + TAIL_MS) add({ kind: "supposed", text: text.trim() });
  }

  async function hear(): Promise<void> {
    for await (const frame of withoutHoles(stream.frames, SAMPLE_RATE_HZ, clock)) {
      if (signal.aborted) return;
      audio.add(frame);
      const change = activity.hear(frame);
      if (change) add({ kind: change === "began" ? "voice_began" : "voice_ended" });
      suppose();
    }
    audio.end();
    if (!signal.aborted) add({ kind: "cut" });
  }

  async function understand(): Promise<void> {
    try {
      const request: ListenRequest = {
        ...{ audio, sampleRateHz: SAMPLE_RATE_HZ, language, hints, isUrgent: supposes },
        ...(onTrouble && { onTrouble }),
        ...(onListener && { onListener }),
      };
      for await (const heard of recognizer.listen(request, signal)) {
        const text = heard.text.trim();
        provisional = supposes && !heard.isFinal && text !== "" ? heard : undefined;
        suppose();
        if (heard.isFinal && text !== "") {
          add({ kind: "heard", text, isAll: activity.lastVoiceMs <= heard.endMs + TAIL_MS });
        }
      }
      if (!signal.aborted) add({ kind: "deaf", error: new Error("nobody listens any more") });
    } catch (error) {
      if (!signal.aborted) add({ kind: "deaf", error });
    }
  }

  const hearing = hear().catch((error) => add({ kind: "deaf", error }));
  await understand();
  await Promise.race([hearing, aborted(signal)]);
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
