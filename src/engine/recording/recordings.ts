/**
 * The recordings that run now.
 *
 * 1. One at a time of whatever is recorded. It belongs to that, not to the step that began it.
 * 2. A recording is stored before it begins, that it is paused before it is, and that it is over before it is ended in the
 *    switch; a new process finds it there by its id and goes on.
 * 3. What was written stays in the switch until the background has it in our storage.
 */
import type { Logger } from "pino";
import type { Recording, RecordingEnd } from "../../model/recording.ts";
import type { TimelineType } from "../../model/timeline.ts";
import { RecordingError, type RecordingOrder } from "../../ports/call-recorder.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Ids } from "../../ports/ids.ts";
import type { Recorder } from "../../ports/recorder.ts";
import type { RecordingStore } from "../../ports/recording-store.ts";
import { newRecording } from "./new-recording.ts";
import type { Recorded } from "./recorded.ts";
import { takeOf } from "./take-of.ts";

type Services = {
  readonly store: RecordingStore;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  readonly background: (work: Promise<unknown>) => void;
  /** Hears of each recording that has begun, and that is over. */
  readonly onChange: (recording: Recording) => void;
  /** Hears when there is something to fetch from the switch. */
  readonly onOver: () => void;
};

type Live = {
  recording: Recording;
  readonly recorded: Recorded | undefined;
  begun?: Promise<void>;
  /** Stored as over. */
  over?: Promise<void>;
  /** Nothing is recorded any more. */
  silent?: Promise<void>;
};

/** Asterisk counts whole seconds, from a moment that is not quite ours. */
const DURATION_TOLERANCE_MS = 1_000;

export type Recordings = ReturnType<typeof createRecordings>;

export function createRecordings(services: Services) {
  const { store, recorder, clock, ids, log, background, onChange, onOver } = services;
  const live = new Map<string, Live>();
  const now = () => new Date(clock.now()).toISOString();
  const runningOf = (referenceId: string): Live | undefined =>
    [...live.values()].find(({ recording }) => recording.reference_id === referenceId);

  function register(recording: Recording, recorded: Recorded | undefined): Live {
    const one: Live = { recording, recorded };
    live.set(recording.id, one);
    const ended = () => background(over(one, "hangup"));
    if (recorded?.signal.aborted) ended();
    else recorded?.signal.addEventListener("abort", ended, { once: true });
    return one;
  }

  async function change(one: Live, changes: Partial<Recording>, type?: TimelineType): Promise<void> {
    one.recording = { ...one.recording, ...changes, tm_update: now() };
    const { id, activeflow_id, format, channels, tm_update: at } = one.recording;
    const data = { recording_id: id, format, channels };
    const call_id = one.recorded?.callId ?? null;
    await store.save(id, one.recording, type ? [{ at, type, activeflow_id, call_id, data }] : []);
  }

  function begin(one: Live): Promise<void> {
    one.begun ??= (async () => {
      try {
        await recorder.start(takeOf(one.recording), one.recorded?.signal ?? AbortSignal.abort());
      } catch (error) {
        one.recorded?.signal.throwIfAborted();
        const why = error instanceof Error ? error.message : String(error);
        await over(one, "failed", why);
        throw new RecordingError("failed", `the call could not be recorded: ${why}`, { cause: error });
      }
      if (one.over) return;
      await change(one, { status: "recording", tm_start: now() }, "recording_started");
      one.recorded?.tell(one.recording.id);
      onChange(one.recording);
    })();
    return one.begun;
  }

  /** Ends it, once: the first reason counts. */
  function over(one: Live, end_reason: RecordingEnd, fault: string | null = null): Promise<void> {
    one.over ??= (async () => {
      const { id } = one.recording;
      live.delete(id);
      const tm_end = now();
      const times = timesOf(one.recording, tm_end);
      await change(one, { status: "stopping", end_reason, fault, tm_end, work: "fetch", paused: false, ...times });
      one.recorded?.tell(null);
      onChange(one.recording);
      log.info({ recording_id: id, reason: end_reason }, "recording over");
      // Should this fail, whoever fetches it ends it.
      one.silent = recorder.stop(takeOf(one.recording));
      background(one.silent.finally(onOver));
    })();
    return one.over;
  }

  /** Why the switch has ended it, or it was found ended. */
  function reasonOf({ recording, recorded }: Live): RecordingEnd {
    if (recorded?.state !== "up") return "hangup";
    const { max_duration, tm_start } = recording;
    const lastedMs = clock.now() - Date.parse(tm_start ?? recording.tm_create);
    if (max_duration > 0 && lastedMs >= max_duration * 1_000 - DURATION_TOLERANCE_MS) return "duration";
    // Its bridge goes with the last who leaves, which may be told before they are known to be out.
    return recording.reference_type === "confbridge" ? "hangup" : "failed";
  }

  recorder.onEnded((takeId) => {
    const one = live.get(takeId);
    if (one) background(over(one, reasonOf(one)));
  });
  recorder.onSilence((takeId) => {
    const one = live.get(takeId);
    if (one) background(endIfSilent(one));
  });

  /** A pause is no silence. */
  async function endIfSilent(one: Live): Promise<void> {
    const { recording } = one;
    if (!recording.paused && (await recorder.isSilent(takeOf(recording)))) await over(one, "silence");
  }

  async function settle(one: Live, signal: AbortSignal): Promise<void> {
    const isNews = one.begun === undefined;
    if (one.recording.status === "initiating") return begin(one);
    if (!(await recorder.isRunning(takeOf(one.recording), signal))) return over(one, reasonOf(one));
    await endIfSilent(one);
    if (!isNews || one.over) return;
    one.begun = Promise.resolve();
    await recorder.goOn(takeOf(one.recording), timesOf(one.recording, now()).duration_ms ?? 0);
    if (one.recording.paused) await recorder.pause(takeOf(one.recording));
  }

  /** @throws RecordingError `over` */
  function running(recordingId: string): Live {
    const one = live.get(recordingId);
    if (one?.recording.status !== "recording") throw new RecordingError("over", "the recording is not running");
    return one;
  }

  return {
    /** Begins under this id, or finds what has begun under it, whatever has become of it. @throws RecordingError */
    async start(recorded: Recorded, id: string, order: RecordingOrder): Promise<Recording> {
      const earlier = live.has(id) ? undefined : await store.get(id);
      if (earlier) return earlier;
      const one = live.get(id) ?? (await create(recorded, id, order));
      await begin(one);
      return one.recording;
    },
    /** Ends what is recorded of this; undefined when nothing is. */
    async stop(referenceId: string): Promise<Recording | undefined> {
      const one = runningOf(referenceId);
      if (!one) return undefined;
      await over(one, "stopped");
      await one.silent;
      return one.recording;
    },
    async pause(recordingId: string): Promise<Recording> {
      const one = running(recordingId);
      if (!one.recording.paused) await change(one, { paused: true, tm_paused: now() }, "recording_paused");
      await recorder.pause(takeOf(one.recording));
      return one.recording;
    },
    async resume(recordingId: string): Promise<Recording> {
      const one = running(recordingId);
      if (!one.recording.paused) return one.recording;
      await recorder.resume(takeOf(one.recording));
      const { paused_ms } = timesOf(one.recording, now());
      if (!one.over) await change(one, { paused: false, tm_paused: null, paused_ms }, "recording_resumed");
      return one.recording;
    },
    /** A key was pressed. */
    digit(referenceId: string, digit: string): void {
      const one = runningOf(referenceId);
      const key = one?.recording.end_of_key;
      if (one && (key === "any" || key === digit)) background(over(one, "key"));
    },
    /** Takes over what an earlier process left, before the switch is listened to. */
    async restore(find: (recording: Recording) => Recorded | undefined): Promise<void> {
      for (const recording of await store.live()) {
        const recorded = find(recording);
        const one = register(recording, recorded);
        if (!recorded) background(over(one, "hangup"));
      }
    },
    /** Compares what we think with what the switch does; each time it has become reachable. */
    async reconcile(signal: AbortSignal): Promise<void> {
      const settled = await Promise.allSettled([...live.values()].map((one) => settle(one, signal)));
      for (const result of settled) {
        if (result.status === "rejected" && !signal.aborted)
          log.warn({ err: result.reason }, "a recording is in doubt");
      }
    },
  };

  async function create(recorded: Recorded, id: string, order: RecordingOrder): Promise<Live> {
    if (recorded.state === "unanswered") throw new RecordingError("unanswered", "the call has not been answered");
    if (recorded.state === "ended") throw new RecordingError("ended", "the call has ended");
    if (runningOf(recorded.referenceId)) throw new RecordingError("running", "a recording is running already");
    const one = register(newRecording(id, recorded, order, { now: now(), ids }), recorded);
    await store.create(one.recording, []);
    return one;
  }
}

/** How long a recording was paused until then, and about how long it is. */
function timesOf({ tm_start, tm_paused, paused_ms }: Recording, until: string) {
  const pausedMs = paused_ms + (tm_paused === null ? 0 : Date.parse(until) - Date.parse(tm_paused));
  const duration_ms = tm_start === null ? null : Math.max(0, Date.parse(until) - Date.parse(tm_start) - pausedMs);
  return { paused_ms: pausedMs, tm_paused: null, duration_ms };
}
