/**
 * One listening: from provider to provider, so that nothing that was said is lost.
 *
 * 1. Each session of a provider begins with the first audio that nobody has understood for good; what another understood
 *    for the time being is understood again.
 * 2. Before a provider's limit a new session takes over, in a pause if there is one.
 * 3. A provider that tells nothing of what may be speech is doubted: another one listens too. If that one understands
 *    something first, it goes on alone; if neither does, there was no speech.
 * 4. When the audio has ended, and all is understood or nobody can, the listening ends. What was understood for the time
 *    being then counts.
 */
import type { Clock } from "../../ports/clock.ts";
import {
  type Heard,
  type ListenRequest,
  type ListenTrouble,
  RecognitionError,
} from "../../ports/speech-recognition.ts";
import { createOutput } from "./output.ts";
import { type RecognitionProvider, RecognitionProviderError, type Recognized, StreamLimit } from "./provider.ts";
import { createTape } from "./tape.ts";
import type { Turns } from "./turns.ts";

/** Within so much of a provider's limit, the next pause is taken for a new session; at last there is one anyway. */
const PAUSE_WANTED_MS = 30_000;
const LAST_MOMENT_MS = 5_000;
/** A session that a provider ends sooner has failed. */
const SHORTEST_SESSION_MS = 10_000;
/** Sound that may be speech is understood sooner; then a provider is doubted. */
const PATIENCE_MS = 8_000;
const LONGEST_PATIENCE_MS = 128_000;
const LEAST_SPEECH_MS = 1_000;
/** How long a provider may take with the rest when the audio has ended, and all of them together. */
const REST_MS = 10_000;
const ALL_REST_MS = 60_000;

type Session = {
  readonly provider: RecognitionProvider;
  /** Where its audio begins. */
  readonly startMs: number;
  readonly openedAtMs: number;
  close(): void;
};

export type ListeningParts = { readonly turns: Turns; readonly clock: Clock };

/** Everything that is heard, as it is understood; one reader, who must end or return it. */
export function listening({ turns, clock }: ListeningParts, request: ListenRequest, signal: AbortSignal) {
  const { sampleRateHz, language, hints = [], isUrgent = false } = request;
  const tape = createTape(sampleRateHz);
  const output = createOutput<Heard>();
  const over = new AbortController();
  const troubles: ListenTrouble[] = [];
  let current: Session | undefined;
  let challenger: Session | undefined;
  let unsettled: Heard | undefined;
  let patienceMs = PATIENCE_MS;
  let silence = { sinceMs: clock.now(), speechMs: 0 };

  const answered = (speechMs = 0) => {
    silence = { sinceMs: clock.now(), speechMs };
  };

  function finish(error?: unknown): void {
    if (over.signal.aborted) return;
    tellOfGap();
    if (unsettled && !signal.aborted) output.add({ ...unsettled, isFinal: true });
    over.abort(new Error("the listening is over"));
    if (error === undefined) output.end();
    else output.fail(error);
  }

  function tellOfGap(): void {
    const lostMs = tape.takeLostMs();
    if (lostMs > 0) request.onGap?.(lostMs);
  }

  function open(provider: RecognitionProvider): Session {
    const stop = new AbortController();
    const { startMs, audio, close } = tape.read();
    const session = {
      provider,
      startMs,
      openedAtMs: clock.now(),
      close() {
        close();
        stop.abort(new Error("the session is over"));
      },
    };
    const limit = AbortSignal.any([stop.signal, over.signal]);
    void run(session, audio, limit).finally(close);
    return session;
  }

  async function run(session: Session, audio: AsyncIterable<Uint8Array>, limit: AbortSignal): Promise<void> {
    try {
      const order = { audio, sampleRateHz, language, hints, isUrgent };
      for await (const recognized of session.provider.recognize(order, limit)) {
        if (limit.aborted) return;
        hear(session, recognized);
      }
      if (!limit.aborted) ended(session, tape.hasEnded);
    } catch (error) {
      if (limit.aborted) return;
      if (error instanceof StreamLimit) ended(session, false);
      else failed(session, error);
    }
  }

  function hear(session: Session, { text, isFinal, confidence, startMs = 0, endMs }: Recognized): void {
    if (session === challenger) {
      if (text.trim() === "") return;
      if (current) giveUp(current, stuck(session.provider));
      current = challenger;
      request.onListener?.(session.provider.name);
    } else challenger?.close();
    challenger = undefined;
    patienceMs = PATIENCE_MS;
    answered();
    tellOfGap();
    turns.succeeded(session.provider);
    const heard = {
      text: text.trim(),
      isFinal,
      ...(confidence !== undefined && { confidence }),
      startMs: Math.round(Math.min(session.startMs + Math.max(startMs, 0), tape.lengthMs)),
      endMs: Math.round(Math.min(session.startMs + endMs, tape.lengthMs)),
      provider: session.provider.name,
    };
    unsettled = isFinal ? undefined : heard;
    if (isFinal) tape.settle(session.startMs + endMs);
    if (heard.text !== "") output.add(heard);
  }

  /** The provider has ended its stream: all of it, or when it had lasted too long. */
  function ended(session: Session, isAll: boolean): void {
    if (session === challenger) challenger = undefined;
    if (session !== current) return;
    const isEarly = tape.lengthMs - session.startMs < SHORTEST_SESSION_MS;
    if (isAll) finish();
    else if (isEarly) failed(session, new RecognitionProviderError("unavailable", "it ended the stream at once"));
    else goOn();
  }

  function failed(session: Session, error: unknown): void {
    giveUp(session, error);
    if (session === challenger) challenger = undefined;
    if (session !== current) return;
    current = challenger;
    challenger = undefined;
    if (!current) goOn();
  }

  function giveUp(session: Session, error: unknown): void {
    session.close();
    const { provider } = session;
    const { fault, message, remedy } = errorOf(error);
    turns.failed(provider, fault, message);
    const trouble = { provider: provider.name, fault, error: message, remedy, atMs: Math.round(tape.lengthMs) };
    troubles.push(trouble);
    request.onTrouble?.(trouble);
  }

  /** A session with whose turn it is; when all rest, as soon as one may be asked again. */
  function goOn(): void {
    current?.close();
    current = undefined;
    if (over.signal.aborted) return;
    const provider = turns.next();
    if (provider) {
      current = open(provider);
      request.onListener?.(provider.name);
      answered(tape.voicedMs);
      if (tape.hasEnded) limitRest(current);
    } else if (Number.isFinite(turns.againMs)) later(turns.againMs, goOn);
    else finish(unable());
  }

  const unable = () => new RecognitionError(troubles, summary(troubles));
  const later = (atMs: number, work: () => void): void =>
    void clock.sleepUntil(atMs, over.signal).then(work, () => undefined);

  function limitRest(session: Session): void {
    later(clock.now() + REST_MS, () => {
      if (session === current) failed(session, new RecognitionProviderError("timeout", "the rest took it too long"));
    });
  }

  /** Looks at the session after each piece of audio. */
  function consider(voicedMs: number): void {
    if (!current) return;
    silence.speechMs += voicedMs;
    const { provider, startMs } = current;
    const leftMs = provider.longestMs - (tape.lengthMs - startMs);
    const isPause = !tape.isVoiced && !unsettled;
    if (leftMs < LAST_MOMENT_MS || (leftMs < PAUSE_WANTED_MS && isPause)) goOn();
    else if (provider.isPrompt) doubt(current);
  }

  function doubt({ provider }: Session): void {
    const now = clock.now();
    if (challenger) {
      if (now - challenger.openedAtMs < patienceMs) return;
      challenger.close();
      challenger = undefined;
      patienceMs = Math.min(patienceMs * 2, LONGEST_PATIENCE_MS);
      answered();
      return;
    }
    if (silence.speechMs < LEAST_SPEECH_MS || now - silence.sinceMs < patienceMs) return;
    challenger = open(turns.next(provider) ?? provider);
  }

  async function take(): Promise<void> {
    for await (const piece of request.audio) {
      if (over.signal.aborted) return;
      consider(tape.add(piece));
    }
    tape.end();
    if (!tape.isVoiced && !unsettled) {
      finish();
      return;
    }
    later(clock.now() + ALL_REST_MS, () => finish(tape.isVoiced ? unable() : undefined));
    if (current) limitRest(current);
  }

  signal.addEventListener("abort", () => finish(signal.reason), { once: true, signal: over.signal });
  if (signal.aborted) finish(signal.reason);
  goOn();
  take().catch(finish);
  return { heard: output, close: () => finish() };
}

const stuck = ({ name }: RecognitionProvider): RecognitionProviderError =>
  new RecognitionProviderError("timeout", `it told nothing of what ${name} understood`);

function errorOf(error: unknown): RecognitionProviderError {
  if (error instanceof RecognitionProviderError) return error;
  return new RecognitionProviderError("failed", error instanceof Error ? error.message : String(error));
}

function summary(troubles: readonly ListenTrouble[]): string {
  const last = new Map(troubles.map((trouble) => [trouble.provider, trouble]));
  const each = [...last.values()].map(({ provider, error, remedy }) => `${provider}: ${error} (${remedy})`);
  return `no provider can listen: ${each.join("; ")}`;
}
