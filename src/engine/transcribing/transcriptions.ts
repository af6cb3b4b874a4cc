/**
 * Transcriptions of what is live: calls, and confbridges.
 *
 * 1. Each is stored before it begins and goes on until that ends or it is stopped, whatever flows do. A later
 *    process goes on with it; what was said meanwhile is a gap, and told as one.
 * 2. Each direction is heard by itself, through a tap of its own, and understood by itself.
 * 3. When what is heard ends, what has been said is still understood, and then the transcription is over.
 */
import type { Logger } from "pino";
import type { TimelineEntry, TimelineType } from "../../model/timeline.ts";
import type { SpeechMoment, Transcribe, TranscribeEnding, Transcript } from "../../model/transcribe.ts";
import type { Clock } from "../../ports/clock.ts";
import { CallStateError } from "../../ports/engine-control.ts";
import type { Ids } from "../../ports/ids.ts";
import type { Metrics } from "../../ports/metrics.ts";
import type { SpeechRecognizer } from "../../ports/speech-recognition.ts";
import type { Storage } from "../../ports/storage.ts";
import { type TranscribeOrder, TranscribeRunningError } from "../../ports/transcribing.ts";
import { onEnd } from "../on-end.ts";
import { hearDirection } from "./direction.ts";
import { inWords } from "./in-words.ts";
import type { Listened } from "./listened.ts";

export type TranscriptionServices = {
  readonly storage: Pick<Storage, "transcribes" | "transcripts">;
  readonly recognizer: SpeechRecognizer;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly background: (work: Promise<unknown>) => void;
  readonly closing: AbortSignal;
  /** Hears of what is being said, while it is. */
  readonly onSpeech: (moment: SpeechMoment, transcript: Transcript) => void;
  /** Hears of what was said in a call. */
  readonly onTranscript: (callId: string, text: string) => void;
  /** Stores the run that follows one that is over; it begins when the result is called. */
  readonly follow: (transcribe: Transcribe, callId: string | null) => Promise<() => void>;
};

type Live = {
  readonly transcribe: Transcribe;
  stop(): void;
  /** Every direction is heard, or it is over. */
  readonly heard: Promise<unknown>;
  readonly over: Promise<void>;
};

export type Transcriptions = ReturnType<typeof createTranscriptions>;

export function createTranscriptions(services: TranscriptionServices) {
  const { storage, recognizer, clock, ids, log, background, closing, follow } = services;
  const live = new Map<string, Live>();

  const now = (): string => new Date(clock.now()).toISOString();
  const factOf = (
    transcribe: Transcribe,
    type: TimelineType,
    data: Readonly<Record<string, unknown>>,
  ): TimelineEntry => ({
    ...{ at: now(), type, data },
    ...{ activeflow_id: transcribe.activeflow_id, call_id: callOf(transcribe) },
  });

  async function start(listened: Listened, id: string, order: TranscribeOrder): Promise<Transcribe> {
    const known = live.get(id)?.transcribe ?? (await storage.transcribes.get(id));
    if (known) {
      if (known.status === "progressing") await begin(known, listened);
      return known;
    }
    const { customerId: customer_id, activeflowId: activeflow_id, referenceType, referenceId } = listened;
    if (listened.state !== "up") throw new CallStateError(listened.state);
    recognizer.check();
    const running = of(referenceId).find(({ transcribe }) => transcribe.language === order.language);
    if (running) throw new TranscribeRunningError(running.transcribe);
    const transcribe: Transcribe = {
      ...{ id, customer_id, activeflow_id, reference_type: referenceType, reference_id: referenceId },
      ...{ status: "progressing", ...order, ...onEnd(order.on_end_flow_id, ids) },
      ...{ end_reason: null, error: null, tm_end: null, tm_create: now(), tm_update: now() },
    };
    const { language, direction, provider } = order;
    const started = factOf(transcribe, "transcribe_started", { transcribe_id: id, language, direction, provider });
    await storage.transcribes.create(transcribe, [started]);
    await begin(transcribe, listened);
    return transcribe;
  }

  /** Listens, unless it does; resolves when every direction is heard, or when it is over. */
  function begin(transcribe: Transcribe, listened: Listened): Promise<unknown> {
    const begun = live.get(transcribe.id);
    if (begun) return begun.heard;
    const stopping = new AbortController();
    const { promise: all, resolve: onHeard } = Promise.withResolvers<void>();
    const over = run(transcribe, listened, stopping.signal, onHeard).finally(() => live.delete(transcribe.id));
    const heard = Promise.race([all, over.catch(() => undefined)]);
    const stop = () => stopping.abort(new Error("the transcription was stopped"));
    live.set(transcribe.id, { transcribe, stop, heard, over });
    background(over);
    return heard;
  }

  async function run(
    transcribe: Transcribe,
    listened: Listened,
    stopping: AbortSignal,
    onAllHeard: () => void,
  ): Promise<void> {
    const directions = listened.directions(transcribe.direction);
    const fact = (type: TimelineType, data: Readonly<Record<string, unknown>>) => factOf(transcribe, type, data);
    const unheard = new Set<string>(directions);
    const onHeard = (direction: string) => {
      unheard.delete(direction);
      if (unheard.size === 0) onAllHeard();
    };
    const parts = { ...services, transcribe, listened, stopping, fact, note, onHeard };
    const outcomes = await Promise.allSettled(directions.map((direction) => hearDirection(parts, direction)));
    // A later process goes on.
    if (closing.aborted) return;
    const errors = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [inWords(outcome.reason)] : []));
    const ending = errors.length > 0 ? "failed" : stopping.aborted ? "stopped" : "hangup";
    await finish(transcribe, ending, errors.length > 0 ? [...new Set(errors)].join("; ") : null);
  }

  async function finish(transcribe: Transcribe, end_reason: TranscribeEnding, error: string | null): Promise<void> {
    const data = { transcribe_id: transcribe.id, reason: end_reason, ...(error !== null && { error }) };
    const changes = { status: "done", end_reason, error, tm_end: now(), tm_update: now() } as const;
    // What follows must not be followed by more of it in a later process.
    if (transcribe.on_end_flow_id) await storage.transcribes.save(transcribe.id, { end_reason, error }, []);
    const followed = await follow(transcribe, callOf(transcribe));
    await storage.transcribes.save(transcribe.id, changes, [factOf(transcribe, "transcribe_ended", data)]);
    followed();
    log.info({ transcribe_id: transcribe.id, call_id: callOf(transcribe), reason: end_reason }, "transcription ended");
  }

  async function tellOfGap(transcribe: Transcribe): Promise<void> {
    const { id, customer_id, tm_create } = transcribe;
    const { result } = await storage.transcripts.list(customer_id, { pageSize: 1 }, { transcribe_id: id });
    const since = result[0]?.tm_create ?? tm_create;
    const gap = "what was said while Ringdown was away is missing";
    note(transcribe, factOf(transcribe, "transcribe_resumed", { transcribe_id: id, gap, since }));
  }

  /** Adds a fact to the timeline. */
  const note = (transcribe: Transcribe, fact: TimelineEntry): void =>
    background(storage.transcribes.save(transcribe.id, { tm_update: now() }, [fact]));

  const of = (referenceId: string): readonly Live[] =>
    [...live.values()].filter(({ transcribe }) => transcribe.reference_id === referenceId);

  async function goOn(transcribe: Transcribe, listened: Listened): Promise<void> {
    if (!(await listened.isThere())) return finish(transcribe, "hangup", null);
    if (live.has(transcribe.id)) return;
    background(tellOfGap(transcribe));
    background(begin(transcribe, listened));
  }

  /** Ends one, and resolves when all that was said until then is understood; false when it is over. */
  async function stop(id: string): Promise<boolean> {
    const one = live.get(id);
    one?.stop();
    await one?.over;
    return one !== undefined;
  }

  return {
    start,
    stop,
    /** Whether something of this id in the switch serves one that goes on. */
    serves: (id: string): boolean => live.has(id.split(".")[1] ?? ""),
    /** Ends all of a call or confbridge, as `stop` does. */
    stopAll: async (referenceId: string): Promise<void> =>
      void (await Promise.all(of(referenceId).map(({ transcribe }) => stop(transcribe.id)))),
    /** Ends all of a call, and does not wait for what was said until then; a later process does not go on with them. */
    async stopOfCall(callId: string): Promise<void> {
      const stopped = { end_reason: "stopped", tm_update: now() } as const;
      const end = async (one: Live) => {
        await storage.transcribes.save(one.transcribe.id, stopped, []);
        one.stop();
      };
      await Promise.all(of(callId).map(end));
    },
    /** Takes back what an earlier process left; it goes on when the result is called. */
    async restore(find: (transcribe: Transcribe) => Listened | undefined): Promise<() => void> {
      const left = (await storage.transcribes.live()).filter(({ reference_type }) => reference_type !== "recording");
      const going = left.flatMap((transcribe) => {
        const listened = find(transcribe);
        if (!listened || transcribe.end_reason !== null) {
          background(finish(transcribe, transcribe.end_reason ?? "hangup", transcribe.error));
          return [];
        }
        return [() => goOn(transcribe, listened)];
      });
      return () => {
        for (const go of going) background(go());
      };
    },
  };
}

/** The call whose timeline tells of it. */
const callOf = ({ reference_type, reference_id }: Transcribe) => (reference_type === "call" ? reference_id : null);
