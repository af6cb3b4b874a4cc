/** A call as one step sees it, safe to be used again by a step that runs again. */
import type { CallControl } from "../ports/call-control.ts";
import type { Digits } from "../ports/digits.ts";
import type { CallScope } from "./call-scope.ts";
import { unlessHungUp } from "./hangup-news.ts";
import { playOnce } from "./playback.ts";
import type { RunState } from "./run-state.ts";
import { type SayingParts, sayOnce } from "./saying.ts";
import { DIGITS } from "./system-variables.ts";

/** Key of the memo that says when the last digit of a step is out. */
const DIGITS_OUT = "digitsOutAtMs";

/** Made when the step begins. */
export function callControl(given: Omit<SayingParts, "digitsAtStart">): CallControl {
  const { scope, telephony, state, step, signal, clock } = given;
  const parts = { ...given, digitsAtStart: (state.variables.get(DIGITS) ?? "").length };
  let playbacks = 0;
  return {
    id: scope.call.id,
    direction: scope.call.direction,
    source: scope.call.source,
    destination: scope.call.destination,
    get status() {
      return scope.call.status;
    },
    async answer() {
      if (scope.call.status === "progressing") return;
      await unlessHungUp(scope, telephony.answer(scope.call.channel_id, signal));
      scope.answered();
    },
    play(media, choice = {}) {
      return unlessHungUp(scope, playOnce(parts, `${step.id}.${playbacks++}`, media, choice));
    },
    say(speech, choice = {}) {
      return unlessHungUp(scope, sayOnce(parts, `${step.id}.${playbacks++}`, speech, choice));
    },
    async sendDigits(tones) {
      const lastMs = tones.digits.length * (tones.durationMs + tones.intervalMs) - tones.intervalMs;
      const known = state.recall(DIGITS_OUT);
      const outAtMs = typeof known === "number" ? known : clock.now() + lastMs;
      // Remembered before they are sent: should we die right here, they are missing, but never doubled.
      await state.remember(step.id, DIGITS_OUT, outAtMs);
      if (known === undefined) await unlessHungUp(scope, telephony.sendDigits(scope.call.channel_id, tones, signal));
      await clock.sleepUntil(outAtMs, signal);
    },
    async echo() {
      const echoId = `${step.id}.echo`;
      const stop = () => telephony.stopEcho(echoId);
      try {
        signal.throwIfAborted();
        // Not cut short by an interruption: what is half made could come to be after it was stopped.
        await unlessHungUp(scope, telephony.startEcho(scope.call.channel_id, echoId, scope.signal));
      } catch (error) {
        await stop();
        throw error;
      }
      return { [Symbol.asyncDispose]: stop };
    },
  };
}

/** The digit buffer of the call: a variable of the run, so that it is stored with the run. */
export function digitBuffer(scope: CallScope, state: RunState): Digits {
  const received = () => state.variables.get(DIGITS) ?? "";
  return {
    get received() {
      return received();
    },
    clear: () => state.variables.set(DIGITS, ""),
    next(signal) {
      const before = received().length;
      return scope.changes.until(() => received()[before], signal);
    },
  };
}
