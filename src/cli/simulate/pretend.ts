/**
 * Ports that only pretend. Time stands still until somebody waits for it; the caller does what the script says.
 *
 * 1. A key that the script has for a wait comes before any deadline of that wait.
 * 2. What the script has for an action happens once, the first time that the action plays or waits.
 */
import { CALL_STATUS, DIGITS } from "../../engine/system-variables.ts";
import type { StepPorts } from "../../flow/action.ts";
import type { Action } from "../../model/action.ts";
import type { CallStatus } from "../../model/call.ts";
import type { CallControl } from "../../ports/call-control.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Digits } from "../../ports/digits.ts";
import { type Media, MediaError, type MediaLibrary } from "../../ports/media.ts";
import type { Speaker, Speech, SpeechRequest } from "../../ports/speech.ts";
import type { Variables } from "../../ports/variables.ts";
import type { PretendClock } from "./pretend-clock.ts";
import type { Script } from "./script.ts";
import type { Transcript } from "./transcript.ts";

/** How long somebody takes to press a key. */
const KEY_MS = 300;

/** The ports that can be pretended; an action that needs another one is not simulated. */
export type PretendPorts = Pick<StepPorts, "clock" | "call" | "digits" | "speech" | "media">;

export type World = {
  readonly script: Script;
  readonly variables: Variables;
  readonly transcript: Transcript;
  readonly clock: PretendClock;
  readonly hangup: AbortController;
};

/** The caller, for the steps of one run. Gives the ports of one step. */
export function pretendCaller(world: World): (action: Action, signal: AbortSignal) => PretendPorts {
  const { script, variables, transcript, clock, hangup } = world;
  const inputs = [...script.digits];
  const during = new Map(Object.entries(script.during));
  const names = new Map<Media, string>();

  const received = () => variables.get(DIGITS) ?? "";
  const press = (keys: string) => {
    if (keys === "") return;
    transcript.note(`caller presses ${keys}`);
    for (const key of keys) {
      clock.pass(KEY_MS);
      variables.set(DIGITS, received() + key);
    }
  };

  /** What the caller does in the middle of this action; whether they pressed a key. */
  const act = ({ id }: Action): boolean => {
    if (id === script.hangup_during) {
      transcript.note("caller hangs up");
      hangup.abort(new Error("the caller has hung up"));
    }
    const keys = during.get(id) ?? "";
    during.delete(id);
    press(keys);
    return keys !== "";
  };

  async function speak({ text, language, provider = "local" }: SpeechRequest): Promise<Speech> {
    const media: Media = { kind: "audio", id: `speech ${names.size}` };
    names.set(media, `hears ${JSON.stringify(text)} (${language})`);
    return { media, provider, attempts: [{ provider, latencyMs: 0 }] };
  }
  const speech: Speaker = { speak, begin: speak };
  const media: MediaLibrary = {
    async fetch(url) {
      if (script.unplayable.includes(url)) throw new MediaError(url, "not_found", "the script says so");
      return { kind: "audio", id: url };
    },
  };
  const heard = (one: Media) => names.get(one) ?? `hears ${one.kind === "builtin" ? one.uri : one.id}`;

  return (action, signal) => {
    let isAsked = false;
    const play: CallControl["play"] = async (list, { untilDigit = false } = {}) => {
      for (const one of list) transcript.note(heard(one) + (statusIn(variables) === "ringing" ? ", unanswered" : ""));
      const pressed = act(action);
      signal.throwIfAborted();
      return pressed && untilDigit ? "interrupted" : "finished";
    };
    const call: CallControl = {
      id: variables.get("voipbin.call.id") ?? "",
      direction: "incoming",
      source: script.source,
      destination: script.destination,
      get status() {
        return statusIn(variables);
      },
      async answer() {
        if (statusIn(variables) !== "ringing") return;
        variables.set(CALL_STATUS, "progressing");
        transcript.note("the call is answered");
      },
      play,
      say: (spoken, choice) => play("media" in spoken ? [spoken.media] : [], choice),
      async sendDigits({ digits }) {
        transcript.note(`hears the tones of ${digits}`);
      },
      async echo() {
        transcript.note("hears what they say");
        return { async [Symbol.asyncDispose]() {} };
      },
    };
    const digits: Digits = {
      get received() {
        return received();
      },
      clear: () => variables.set(DIGITS, ""),
      async next(wait) {
        const before = received().length;
        if (!act(action) && !isAsked) press(inputs.shift() ?? "");
        isAsked = true;
        const key = received()[before];
        if (key === undefined) transcript.note("caller waits");
        return key ?? never(wait);
      },
    };
    const patient: Clock = {
      now: clock.now,
      async sleepUntil(atMs, wait) {
        act(action);
        await clock.sleepUntil(atMs, wait);
      },
    };
    return { clock: patient, call, digits, speech, media };
  };
}

const statusIn = (variables: Variables): CallStatus =>
  variables.get(CALL_STATUS) === "progressing" ? "progressing" : "ringing";

/** Rejects when the signal aborts; nothing else ever happens. */
const never = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
