/**
 * Brings what the switch has recorded into our storage.
 *
 * 1. The switch's copy goes only when ours is safe and on record. Killed anywhere, the next process does the step again.
 * 2. What can't be done now (no switch, a full disk) is tried again later, for as long as it takes.
 * 3. The flow that follows begins when the end is on record, and before anything else is done.
 * 4. A recording that is old enough to go takes its file with it.
 */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "pino";
import { takeOf } from "../engine/recording/take-of.ts";
import type { Recording } from "../model/recording.ts";
import type { TimelineEntry, TimelineType } from "../model/timeline.ts";
import type { Clock } from "../ports/clock.ts";
import type { Recorder } from "../ports/recorder.ts";
import type { RecordingEncoder } from "../ports/recording-encoder.ts";
import type { RecordingStorage } from "../ports/recording-storage.ts";
import type { RecordingStore } from "../ports/recording-store.ts";
import { inWords, type RecordingWait, waitOf } from "./recording-wait.ts";

type Services = {
  readonly recordings: RecordingStore;
  readonly recorder: Recorder;
  readonly files: RecordingStorage;
  readonly encoder: RecordingEncoder;
  /** For files in the making; of this process alone. */
  readonly folder: string;
  /** How long recordings are kept; undefined: for ever. */
  readonly retentionMs: number | undefined;
  readonly clock: Clock;
  readonly log: Pick<Logger, "info" | "warn" | "error">;
  /** Hears of each recording that has ended, with its file or without. */
  readonly onEnded?: (recording: Recording) => void;
  /** Begins the flow that follows one that has ended, unless it has. */
  readonly follow: (recording: Recording) => Promise<void>;
};

/** `told`: the reason that its owner knows. */
type Failure = { readonly count: number; readonly againAtMs: number; readonly told: string | undefined };

export type RecordingKeeper = {
  start(): Promise<void>;
  /** Looks at once, because a recording is over. */
  wake(): void;
  /** Resolves when a recording has ended, with its file or without. */
  ended(recordingId: string, signal: AbortSignal): Promise<void>;
  /** Removes a recording that has ended, and its file. */
  discard(recording: Recording): Promise<void>;
  stop(): Promise<void>;
};

const LOOK_MS = 2_000;
/** Encoding keeps a core busy; calls come first. */
const AT_ONCE = 2;
const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 60_000;
const RETENTION_LOOK_MS = 600_000;
/** Old recordings removed at a time. */
const RETENTION_BATCH = 100;

/** The worker; it does nothing until it is started. */
export function recordingKeeper(services: Services): RecordingKeeper {
  const {
    recordings,
    recorder,
    files,
    encoder,
    folder,
    retentionMs,
    clock,
    log,
    onEnded = () => {},
    follow,
  } = services;
  const closing = new AbortController();
  const { signal } = closing;
  const running = new Map<string, Promise<void>>();
  const failures = new Map<string, Failure>();
  const waiting = new Set<() => void>();
  let pause = new AbortController();
  let work = Promise.resolve();
  let nextRetentionMs = 0;
  const wake = () => pause.abort();
  const now = () => new Date(clock.now()).toISOString();

  async function look(): Promise<void> {
    while (!signal.aborted) {
      pause = new AbortController();
      await lookOnce().catch((error) => log.warn({ err: error }, "recordings could not be looked for"));
      await clock.sleepUntil(clock.now() + LOOK_MS, pause.signal).catch(() => undefined);
    }
  }

  async function lookOnce(): Promise<void> {
    if (running.size < AT_ONCE) {
      const due = (await recordings.unfinished()).filter(isDue);
      for (const recording of due.slice(0, AT_ONCE - running.size)) begin(recording);
    }
    if (retentionMs === undefined || clock.now() < nextRetentionMs) return;
    nextRetentionMs = clock.now() + RETENTION_LOOK_MS;
    await removeOld(retentionMs);
  }

  const isDue = ({ id }: Recording): boolean => !running.has(id) && (failures.get(id)?.againAtMs ?? 0) <= clock.now();

  function begin(recording: Recording): void {
    const { id } = recording;
    const done = finish(recording)
      .then(() => void failures.delete(id))
      .catch((error) => postpone(recording, error))
      .finally(() => {
        running.delete(id);
        wake();
      });
    running.set(id, done);
  }

  async function postpone(recording: Recording, error: unknown): Promise<void> {
    if (signal.aborted) return;
    const { id, work } = recording;
    const { count: before = 0, told } = failures.get(id) ?? {};
    const delayMs = Math.min(FIRST_DELAY_MS * 2 ** before, LONGEST_DELAY_MS);
    const failure = { count: before + 1, againAtMs: clock.now() + delayMs };
    const wait = waitOf(error);
    failures.set(id, { ...failure, told: wait.why });
    log.warn({ err: error, recording_id: id, again_in_ms: delayMs }, "a recording waits in Asterisk");
    // What is only to be removed from the switch has its file.
    if (work === "fetch" && wait.why !== told) await tellWait(recording, wait);
  }

  /** Where its owner looks: why the recording has no file yet. */
  async function tellWait(recording: Recording, wait: RecordingWait): Promise<void> {
    const { id, end_reason, fault } = recording;
    // An earlier process has told it.
    if (fault === inWords(wait)) return;
    const waiting = { ...recording, fault: wait.why, tm_update: now() };
    const note = factOf(waiting, "note");
    // Why it failed is needed, should nothing of it be found.
    const shown = end_reason === "failed" ? {} : { fault: inWords(wait), tm_update: waiting.tm_update };
    await recordings
      .save(id, shown, [{ ...note, data: { ...note.data, remedy: wait.remedy } }])
      .catch((error) => log.warn({ err: error, recording_id: id }, "why a recording waits could not be told"));
  }

  async function finish(recording: Recording): Promise<void> {
    const ended = recording.work === "fetch" ? await keep(recording) : recording;
    if (ended.work === "follow") {
      await follow(ended);
      await recordings.save(ended.id, { work: "remove" }, []);
    }
    await recorder.remove(takeOf(recording));
    await recordings.save(recording.id, { work: null, tm_update: now() }, []);
  }

  async function keep(recording: Recording): Promise<Recording> {
    const place = join(folder, recording.id);
    const take = takeOf(recording);
    await recorder.stop(take);
    await mkdir(place, { recursive: true });
    try {
      const tracks = await recorder.fetch(take, place, signal);
      if (tracks.length === 0) return await giveUp(recording);
      const { path, durationMs, size } = await encoder.encode(tracks, recording, place, signal);
      const storage_key = `${recording.customer_id}/${recording.id}.${recording.format}`;
      await files.put(storage_key, path, signal);
      return await end(recording, { duration_ms: durationMs, size, storage_key, fault: null }, "recording_finished");
    } finally {
      await rm(place, { recursive: true, force: true });
    }
  }

  const giveUp = (recording: Recording): Promise<Recording> => {
    const failed = recording.end_reason === "failed" ? recording.fault : null;
    const fault = failed ?? "Asterisk has nothing that was recorded";
    return end(recording, { duration_ms: null, fault }, "recording_failed");
  };

  async function end(recording: Recording, changes: Partial<Recording>, type: TimelineType): Promise<Recording> {
    const work = recording.on_end_flow_id === null ? "remove" : "follow";
    const ended = { ...recording, ...changes, status: "ended", work, tm_update: now() } as const;
    await recordings.save(recording.id, ended, [factOf(ended, type)]);
    const { id: recording_id, duration_ms, size, fault } = ended;
    log.info({ recording_id, duration_ms, size, fault }, "recording ended");
    onEnded(ended);
    for (const look of [...waiting]) look();
    return ended;
  }

  async function removeOld(ageMs: number): Promise<void> {
    const before = new Date(clock.now() - ageMs).toISOString();
    for (let removed = RETENTION_BATCH; removed === RETENTION_BATCH && !signal.aborted; ) {
      const old = await recordings.createdBefore(before, RETENTION_BATCH);
      for (const recording of old) await discard(recording);
      removed = old.length;
      if (removed > 0) log.info({ removed }, "old recordings removed");
    }
  }

  async function discard(recording: Recording): Promise<void> {
    if (recording.work !== null) await recorder.remove(takeOf(recording));
    if (recording.storage_key !== null) await files.remove(recording.storage_key);
    await recordings.remove(recording.id);
  }

  return {
    async start() {
      // What an earlier process had half made.
      await rm(folder, { recursive: true, force: true });
      work = look();
    },
    wake,
    ended: (recordingId, waiter) =>
      new Promise((resolve, reject) => {
        const settle = (conclude: () => void) => {
          waiting.delete(look);
          waiter.removeEventListener("abort", abort);
          conclude();
        };
        const abort = () => settle(() => reject(waiter.reason));
        const look = () =>
          void recordings.get(recordingId).then(
            (recording) => {
              if (recording?.status === "ended" || !recording) settle(resolve);
            },
            (error: unknown) => settle(() => reject(error)),
          );
        if (waiter.aborted) return reject(waiter.reason);
        waiter.addEventListener("abort", abort);
        waiting.add(look);
        look();
      }),
    discard,
    async stop() {
      closing.abort(new Error("the process stops"));
      wake();
      await work;
      await Promise.all(running.values());
    },
  };
}

function factOf(recording: Recording, type: TimelineType): TimelineEntry {
  const { id, activeflow_id, reference_type, reference_id, format, duration_ms, size, end_reason, fault } = recording;
  const about = { recording_id: id, format, reason: end_reason };
  return {
    at: recording.tm_update,
    type,
    activeflow_id,
    call_id: reference_type === "call" ? reference_id : null,
    data: fault === null ? { ...about, duration_ms, size } : { ...about, why: fault },
  };
}
