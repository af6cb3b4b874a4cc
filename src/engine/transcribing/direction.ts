import type { TimelineEntry, TimelineType } from "../../model/timeline.ts";
import type { Transcribe, TranscribeDirection, Transcript } from "../../model/transcribe.ts";
import type { Heard } from "../../ports/speech-recognition.ts";
import { withoutHoles } from "../live/without-holes.ts";
import type { Listened } from "./listened.ts";
import type { TranscriptionServices } from "./transcriptions.ts";

/** Narrowband calls are heard in it as well as in their own; recognizers want it. */
const SAMPLE_RATE_HZ = 16_000 as const;
/** Before audio that broke off is asked for again. */
const AGAIN_MS = 1_000;

type Parts = TranscriptionServices & {
  readonly transcribe: Transcribe;
  readonly listened: Listened;
  readonly stopping: AbortSignal;
  readonly fact: (type: TimelineType, data: Readonly<Record<string, unknown>>) => TimelineEntry;
  /** Hears that there is audio. */
  readonly onHeard: (direction: TranscribeDirection) => void;
  readonly note: (transcribe: Transcribe, fact: TimelineEntry) => void;
};

/** Understands one direction until there is nothing left to hear, or it is stopped. Rejects when nobody can, or we stop. */
export async function hearDirection(parts: Parts, direction: TranscribeDirection): Promise<void> {
  const { transcribe, listened, stopping, clock, closing, note, fact } = parts;
  const over = AbortSignal.any([listened.signal, stopping]);
  const firstMs = clock.now();
  while (!over.aborted) {
    await hearOnce(parts, direction, firstMs, over);
    if (over.aborted) return;
    closing.throwIfAborted();
    if (!(await listened.isThere())) return;
    // The way to the audio broke off.
    await clock.sleepUntil(clock.now() + AGAIN_MS, AbortSignal.any([over, closing])).catch(() => undefined);
    closing.throwIfAborted();
    if (over.aborted) return;
    const gap = "the audio broke off, what was said meanwhile is missing";
    note(transcribe, fact("transcribe_resumed", { transcribe_id: transcribe.id, direction, gap }));
  }
}

async function hearOnce(
  parts: Parts,
  direction: TranscribeDirection,
  firstMs: number,
  over: AbortSignal,
): Promise<void> {
  const { transcribe, listened, recognizer, clock, metrics, closing, note, fact, onSpeech } = parts;
  const order = {
    streamId: `${listened.referenceId}.${transcribe.id}.${direction}`,
    sampleRateHz: SAMPLE_RATE_HZ,
  };
  const opened = listened.open(direction, order, AbortSignal.any([over, closing]));
  const stream = await opened.catch(async (error: unknown) => {
    if (over.aborted || !(await listened.isThere())) return undefined;
    throw error;
  });
  if (!stream) return;
  const beganMs = clock.now();
  parts.onHeard(direction);
  let closed: PromiseLike<void> | undefined;
  /** What is being said, as it was understood last. */
  let unended: Transcript | undefined;
  const close = () => {
    closed ??= stream[Symbol.asyncDispose]();
  };
  over.addEventListener("abort", close, { once: true });
  if (over.aborted) close();
  try {
    const request = {
      ...{ audio: withoutHoles(stream.frames, SAMPLE_RATE_HZ, clock), sampleRateHz: SAMPLE_RATE_HZ },
      ...{ language: transcribe.language, hints: transcribe.hints },
      ...(transcribe.provider !== null && { provider: transcribe.provider }),
      onTrouble: ({
        atMs,
        ...trouble
      }: {
        readonly atMs: number;
        readonly provider: string;
        readonly fault: string;
      }) => {
        metrics.count("transcription_failures", { provider: trouble.provider, fault: trouble.fault });
        note(
          transcribe,
          fact("transcribe_failed", { transcribe_id: transcribe.id, direction, ...trouble, at_ms: atMs }),
        );
      },
      onGap: (lostMs: number) => {
        const gap = `nobody could listen: about ${Math.ceil(lostMs / 1_000)} s of speech are missing`;
        note(transcribe, fact("transcribe_resumed", { transcribe_id: transcribe.id, direction, gap }));
      },
    } as const;
    for await (const heard of recognizer.listen(request, closing)) {
      const transcript = transcriptOf(parts, direction, heard, beganMs, beganMs - firstMs);
      if (!unended) onSpeech("started", transcript);
      unended = heard.isFinal ? undefined : transcript;
      onSpeech(heard.isFinal ? "ended" : "interim", transcript);
      if (heard.isFinal) await keep(parts, transcript, beganMs + heard.endMs);
    }
  } finally {
    if (unended) onSpeech("ended", unended);
    over.removeEventListener("abort", close);
    close();
    await closed;
  }
}

function transcriptOf(
  { transcribe, clock, ids }: Parts,
  direction: TranscribeDirection,
  { text, confidence, startMs, endMs, provider }: Heard,
  beganMs: number,
  since: number,
): Transcript {
  const now = new Date(clock.now()).toISOString();
  return {
    ...{ id: ids.next(), customer_id: transcribe.customer_id, transcribe_id: transcribe.id, direction },
    ...{ message: text, provider, confidence: confidence ?? null },
    ...{ start_ms: since + startMs, end_ms: since + endMs, tm_transcript: new Date(beganMs + startMs).toISOString() },
    ...{ tm_create: now, tm_update: now },
  };
}

/** Stores what was said, the last of it at this time. */
async function keep(parts: Parts, transcript: Transcript, saidMs: number): Promise<void> {
  const { transcribe, listened, storage, clock, metrics, onTranscript, fact } = parts;
  const { provider, direction, message, start_ms, end_ms } = transcript;
  metrics.observe("transcription", Math.max(0, clock.now() - saidMs), { provider });
  const data = { transcribe_id: transcribe.id, direction, message, provider };
  await storage.transcripts.create(transcript, [fact("transcript_created", { ...data, start_ms, end_ms })]);
  if (listened.callId !== null) onTranscript(listened.callId, message);
}
