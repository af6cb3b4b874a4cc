/** Hears when the caller speaks, and understands what: both from the same frames. */
import type { Clock } from "../../ports/clock.ts";
import type { LiveStream } from "../../ports/live-audio.ts";
import type { SpeechRecognizer } from "../../ports/speech-recognition.ts";
import { withoutHoles } from "../live/without-holes.ts";
import { createAudioPipe } from "./audio-pipe.ts";
import { voiceActivity } from "./voice-activity.ts";

export type EarEvent =
  | { readonly kind: "voice_began" }
  | { readonly kind: "voice_ended" }
  | { readonly kind: "heard"; readonly text: string; readonly isAll: boolean }
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
  readonly add: (event: EarEvent) => void;
};

const SAMPLE_RATE_HZ = 16_000;
/** Voice so shortly after the end of what was understood belongs to it. */
const TAIL_MS = 300;

/** Listens until the signal aborts or the sound ends; resolves when nothing is left of it. */
export async function listen(parts: Parts, signal: AbortSignal): Promise<void> {
  const { stream, recognizer, language, hints, clock, add } = parts;
  const audio = createAudioPipe();
  const activity = voiceActivity();
  signal.addEventListener("abort", audio.end, { once: true });

  async function hear(): Promise<void> {
    for await (const frame of withoutHoles(stream.frames, SAMPLE_RATE_HZ, clock)) {
      if (signal.aborted) return;
      audio.add(frame);
      const change = activity.hear(frame);
      if (change) add({ kind: change === "began" ? "voice_began" : "voice_ended" });
    }
    audio.end();
    if (!signal.aborted) add({ kind: "cut" });
  }

  async function understand(): Promise<void> {
    try {
      for await (const heard of recognizer.listen({ audio, sampleRateHz: SAMPLE_RATE_HZ, language, hints }, signal)) {
        const text = heard.text.trim();
        if (!heard.isFinal || text === "") continue;
        add({ kind: "heard", text, isAll: activity.lastVoiceMs <= heard.endMs + TAIL_MS });
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
