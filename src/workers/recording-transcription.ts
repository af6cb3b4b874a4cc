/**
 * Turns recordings into text, in the background.
 *
 * 1. What is to be done is on record (a transcription of a recording that is not over), so a crash only begins it again: what
 *    was understood before goes when it is understood again.
 * 2. A recording that is not complete is waited for. Whoever can't listen for a while is asked again, for as long as it takes.
 * 3. Whatever is done to a transcription, nobody else does anything to it meanwhile: it has one end.
 * 4. Providers are given the sound at the speed at which it was spoken: they want it so.
 */
import type { Logger } from "pino";
import { inWords } from "../engine/transcribing/in-words.ts";
import type { TimelineEntry, TimelineType } from "../model/timeline.ts";
import type { Transcribe, TranscribeEnding, Transcript } from "../model/transcribe.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ids } from "../ports/ids.ts";
import type { OpenRecording, RecordedChannel, RecordedSound } from "../ports/recorded-sound.ts";
import { RecordingStorageError } from "../ports/recording-storage.ts";
import type { PageRequest } from "../ports/resource-store.ts";
import { RecognitionError, type SpeechRecognizer } from "../ports/speech-recognition.ts";
import type { TranscribeStore, TranscriptStore } from "../ports/transcribe-stores.ts";

/** A recording, as far as it matters here. */
type Heard = {
  readonly reference_type: string;
  readonly reference_id: string;
  readonly status: string;
  readonly channels: number;
  readonly storage_key: string | null;
  readonly fault: string | null;
  readonly tm_start: string | null;
  readonly tm_create: string;
};

/** What is understood by itself of a recording. */
type Side = {
  readonly transcribe: Transcribe;
  readonly recording: Heard;
  readonly opened: OpenRecording;
  readonly direction: Transcript["direction"];
  readonly channel: RecordedChannel;
};

type Services = {
  readonly transcribes: TranscribeStore;
  readonly transcripts: TranscriptStore;
  readonly recordings: { get(id: string): Promise<Heard | undefined> };
  readonly sound: RecordedSound;
  readonly recognizer: SpeechRecognizer;
  /** Stores the run that follows one that is over; it begins when the result is called. */
  readonly follow: (transcribe: Transcribe, callId: string | null) => Promise<() => void>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Pick<Logger, "info" | "warn" | "error">;
};

const LOOK_MS = 2_000;
/** Live calls come first. */
const AT_ONCE = 2;
const PIECE_MS = 100;
const PAGE_SIZE = 100;
/** After nobody could listen. */
const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 3_600_000;
/** Then it is given up. */
const LONGEST_MS = 86_400_000;

/** The worker; it does nothing until it is started. */
export function recordingTranscription(services: Services) {
  const { transcribes, transcripts, recordings, sound, recognizer, follow, clock, ids, log } = services;
  const closing = new AbortController();
  const { signal } = closing;
  const running = new Map<string, { readonly over: Promise<unknown>; stop(): void }>();
  /** Those that nobody could listen to yet. */
  const resting = new Map<string, { readonly untilMs: number; readonly pauseMs: number }>();
  let looking: Promise<void> | undefined;

  const now = (): string => new Date(clock.now()).toISOString();

  async function look(): Promise<void> {
    while (!signal.aborted) {
      try {
        for (const transcribe of await transcribes.live()) {
          if (transcribe.reference_type !== "recording" || running.has(transcribe.id)) continue;
          if ((resting.get(transcribe.id)?.untilMs ?? 0) > clock.now()) continue;
          if (running.size >= AT_ONCE) break;
          await consider(transcribe);
        }
      } catch (error) {
        log.warn({ err: error }, "could not look for recordings to transcribe, trying again");
      }
      await clock.sleepUntil(clock.now() + LOOK_MS, signal).catch(() => undefined);
    }
  }

  /** Begins, unless the recording is still being made. */
  async function consider({ id, reference_id }: Transcribe): Promise<void> {
    const recording = await recordings.get(reference_id);
    if ((recording && recording.status !== "ended") || running.has(id)) return;
    attend(id, (transcribe, stopping) => conclude(transcribe, recording, stopping)).catch((error) =>
      log.error({ err: error, transcribe_id: id }, "the end of a transcription could not be stored"),
    );
  }

  /** Does something to one that is not over, which nobody does anything to now. */
  function attend(id: string, work: (transcribe: Transcribe, stopping: AbortSignal) => Promise<void>): Promise<void> {
    const stopping = new AbortController();
    const over = (async () => {
      const transcribe = await transcribes.get(id);
      if (transcribe?.status === "progressing") await work(transcribe, AbortSignal.any([signal, stopping.signal]));
    })().finally(() => running.delete(id));
    const stop = () => stopping.abort(new Error("the transcription was stopped"));
    running.set(id, { over: over.catch(() => undefined), stop });
    return over;
  }

  async function conclude(transcribe: Transcribe, recording: Heard | undefined, stopping: AbortSignal): Promise<void> {
    // An earlier process was about to end it.
    if (transcribe.end_reason) return finish(transcribe, recording, transcribe.end_reason, transcribe.error);
    if (!recording) return finish(transcribe, undefined, "failed", "the recording has been removed; record again");
    if (recording.storage_key === null) {
      const why = `there is no recording: ${recording.fault ?? "nothing was recorded"}; record again`;
      return finish(transcribe, recording, "failed", why);
    }
    try {
      await hearAll(transcribe, recording, recording.storage_key, stopping);
      await finish(transcribe, recording, "finished", null);
    } catch (error) {
      if (stopping.aborted) return;
      log.warn({ err: error, transcribe_id: transcribe.id }, "a recording could not be transcribed");
      const isYoung = clock.now() - Date.parse(transcribe.tm_create) < LONGEST_MS;
      if (isYoung && mayPass(error)) {
        const { pauseMs = FIRST_PAUSE_MS } = resting.get(transcribe.id) ?? {};
        const next = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
        resting.set(transcribe.id, { untilMs: clock.now() + pauseMs, pauseMs: next });
        return;
      }
      await finish(transcribe, recording, "failed", inWords(error));
    }
  }

  async function hearAll(
    transcribe: Transcribe,
    recording: Heard,
    storageKey: string,
    stopping: AbortSignal,
  ): Promise<void> {
    let earlier = await understoodOf(transcribe);
    const forget = async (isOutdated: (transcript: Transcript) => boolean) => {
      const [outdated, others] = [earlier.filter(isOutdated), earlier.filter((one) => !isOutdated(one))];
      earlier = others;
      for (const { id } of outdated) await transcripts.remove(id);
    };
    await using opened = await sound.open(storageKey, stopping);
    for (const [direction, channel] of sidesOf(transcribe, recording)) {
      const parts = { transcribe, recording, opened, direction, channel };
      for await (const { start_ms } of hear(parts, stopping)) {
        await forget((one) => one.direction === direction && one.start_ms <= start_ms);
      }
    }
    await forget(() => true);
  }

  /** Understands one side, and gives what was said when it is stored. */
  async function* hear(
    { transcribe, recording, opened, direction, channel }: Side,
    stopping: AbortSignal,
  ): AsyncIterable<Transcript> {
    const { language, hints, provider } = transcribe;
    let isIncomplete = false;
    const request = {
      ...{ audio: paced(opened.read(channel), stopping), sampleRateHz: opened.sampleRateHz, language, hints },
      ...(provider !== null && { provider }),
      // Nothing of a recording has to be missing.
      onGap: () => {
        isIncomplete = true;
      },
      onTrouble: ({ atMs, ...trouble }: { readonly atMs: number }) => {
        const data = { transcribe_id: transcribe.id, direction, ...trouble, at_ms: atMs };
        const fact = factOf(transcribe, recording, "transcribe_failed", data);
        transcribes
          .save(transcribe.id, { tm_update: now() }, [fact])
          .catch((error) => log.warn({ err: error }, "a fact was lost"));
      },
    } as const;
    const beganMs = Date.parse(recording.tm_start ?? recording.tm_create);
    for await (const { text, isFinal, confidence, startMs, endMs, provider: by } of recognizer.listen(
      request,
      stopping,
    )) {
      if (!isFinal) continue;
      const transcript: Transcript = {
        ...{ id: ids.next(), customer_id: transcribe.customer_id, transcribe_id: transcribe.id, direction },
        ...{ message: text, provider: by, confidence: confidence ?? null, start_ms: startMs, end_ms: endMs },
        ...{ tm_transcript: new Date(beganMs + startMs).toISOString(), tm_create: now(), tm_update: now() },
      };
      const data = { transcribe_id: transcribe.id, direction, message: text, provider: by };
      const times = { start_ms: startMs, end_ms: endMs };
      const fact = factOf(transcribe, recording, "transcript_created", { ...data, ...times });
      await transcripts.create(transcript, [fact]);
      yield transcript;
    }
    if (isIncomplete) throw new RecognitionError(INCOMPLETE, "for too long nobody could listen");
  }

  /** What an earlier process has understood of it. */
  async function understoodOf({ id, customer_id }: Transcribe): Promise<readonly Transcript[]> {
    const all: Transcript[] = [];
    for (let page: PageRequest | undefined = { pageSize: PAGE_SIZE }; page; ) {
      const { result, next_page_token } = await transcripts.list(customer_id, page, { transcribe_id: id });
      all.push(...result);
      page = next_page_token === null ? undefined : { pageSize: PAGE_SIZE, pageToken: next_page_token };
    }
    return all;
  }

  async function finish(
    transcribe: Transcribe,
    recording: Heard | undefined,
    end_reason: TranscribeEnding,
    error: string | null,
  ): Promise<void> {
    const data = { transcribe_id: transcribe.id, reason: end_reason, ...(error !== null && { error }) };
    const changes = { status: "done", end_reason, error, tm_end: now(), tm_update: now() } as const;
    // What follows must not be followed by more of it in a later process.
    if (transcribe.on_end_flow_id) await transcribes.save(transcribe.id, { end_reason, error }, []);
    const followed = await follow(transcribe, callOf(recording));
    await transcribes.save(transcribe.id, changes, [factOf(transcribe, recording, "transcribe_ended", data)]);
    followed();
    resting.delete(transcribe.id);
    log.info({ transcribe_id: transcribe.id, reason: end_reason }, "transcription of a recording ended");
  }

  const factOf = (
    { activeflow_id }: Transcribe,
    recording: Heard | undefined,
    type: TimelineType,
    data: Readonly<Record<string, unknown>>,
  ): TimelineEntry => ({ at: now(), type, activeflow_id, call_id: callOf(recording), data });

  async function* paced(pieces: AsyncIterable<Uint8Array>, stopping: AbortSignal): AsyncIterable<Uint8Array> {
    let dueMs = clock.now();
    for await (const piece of pieces) {
      await clock.sleepUntil(dueMs, stopping);
      dueMs += PIECE_MS;
      yield piece;
    }
  }

  return {
    start(): void {
      looking ??= look();
    },
    /** Ends one, whether it waits, runs or rests; what was understood of it stays. Nothing when it is over. */
    async end(id: string): Promise<void> {
      for (let one = running.get(id); one; one = running.get(id)) {
        one.stop();
        await one.over;
      }
      await attend(id, async (transcribe) =>
        finish(
          transcribe,
          await recordings.get(transcribe.reference_id),
          transcribe.end_reason ?? "stopped",
          transcribe.error,
        ),
      );
    },
    async stop(): Promise<void> {
      closing.abort(new Error("we stop"));
      await looking;
      await Promise.all([...running.values()].map(({ over }) => over));
    },
  };
}

/** What a listening that lost something says: it may be better later. */
const INCOMPLETE = [
  { provider: "all", fault: "unavailable", error: "nobody could listen", remedy: "see what failed before", atMs: 0 },
] as const;

const callOf = (recording: Heard | undefined): string | null =>
  recording?.reference_type === "call" ? recording.reference_id : null;

/** Whether it may be otherwise later. */
function mayPass(error: unknown): boolean {
  if (error instanceof RecordingStorageError) return error.fault === "unavailable";
  if (!(error instanceof RecognitionError) || error.troubles.length === 0) return false;
  return error.troubles.some(({ fault }) => fault !== "credentials" && fault !== "refused");
}

/** A call whose sides were recorded together is understood as a whole. */
function sidesOf(
  { direction }: Transcribe,
  { channels }: Heard,
): readonly (readonly [Transcript["direction"], RecordedChannel])[] {
  if (channels < 2) return [["both", "mixed"]];
  const [left, right] = [["in", "left"] as const, ["out", "right"] as const];
  return { in: [left], out: [right], both: [left, right] }[direction];
}
