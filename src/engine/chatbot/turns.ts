/**
 * Who has the word in a talk of a caller with a chatbot. Pure: what happens goes in, what is to be done comes out.
 *
 * 1. The caller who speaks is not talked over: what is being said stops at once. If nothing was meant by it, it goes on.
 * 2. What the caller said last is what is answered: a reply to less than that is given up.
 * 3. Nobody waits in silence: not for a reply or the rest of it, nor for being understood, nor for the other to begin.
 */

export type TurnSettings = {
  /** After so long a wait for a reply the caller is told to wait, and each such time again. */
  readonly waitMs: number;
  /** After so long a silence of both the caller is asked whether somebody is there. */
  readonly idleMs: number;
};

export type TurnEvent = { readonly atMs: number } & (
  | { readonly kind: "voice_began" }
  | { readonly kind: "voice_ended" }
  /** Words that were understood for good; `isAll`: nothing was said since them. */
  | { readonly kind: "heard"; readonly text: string; readonly isAll: boolean }
  /** Words that will have been said, if nothing follows. */
  | { readonly kind: "supposed"; readonly text: string }
  /** The first of what was to be said is on its way to the caller. */
  | { readonly kind: "speech_began" }
  /** All of it was heard. */
  | { readonly kind: "speech_over" }
  /** Nothing; until when all that was sent to the caller so far is heard. */
  | { readonly kind: "tick"; readonly heardUntilMs: number }
);

export type TurnCommand =
  /** Gives up what is being thought or said, and asks for a reply to this. */
  | { readonly kind: "ask"; readonly text: string }
  /** Is likely to be asked for a reply to this. */
  | { readonly kind: "prepare"; readonly text: string }
  /** Throws away what is on its way to the caller's ear. */
  | { readonly kind: "hush" }
  /** Says again, and on, what was hushed. */
  | { readonly kind: "go_on" }
  /** `wait`: it is thinking, or does not go on; `again`: what was said was not understood; `there`: is anybody there? */
  | { readonly kind: "remind"; readonly of: "wait" | "again" | "there" }
  /** The caller says nothing any more, or nothing that is understood. */
  | { readonly kind: "give_up"; readonly isUnderstood: boolean };

export type Turns = {
  /** `hearing`: the caller speaks, or has spoken and is about to be understood. */
  readonly mode: "listening" | "hearing" | "thinking" | "speaking";
  /** When the silence of this mode began. */
  readonly sinceMs: number;
  readonly isVoiced: boolean;
  /** Understood, and not yet asked about. */
  readonly words: string;
  /** Something was hushed that may go on. */
  readonly isHushed: boolean;
  /** How often the caller was reminded since words were last understood. */
  readonly reminders: number;
};

/** Recognizers take so long for the rest of what is understood in parts. */
const REST_MS = 800;
/** What is not understood by then will not be. */
const UNDERSTOOD_MS = 2_500;
/** Noise that gives no words for so long is none's voice. */
const NOISE_MS = 8_000;
const MOST_REMINDERS = 3;

/** The beginning: the chatbot opens the talk, or waits. */
export const firstTurn = (atMs: number, opens: boolean): Turns => ({
  mode: opens ? "thinking" : "listening",
  sinceMs: atMs,
  isVoiced: false,
  words: "",
  isHushed: false,
  reminders: 0,
});

type Step = { readonly turns: Turns; readonly commands: readonly TurnCommand[] };

/** What follows from an event. */
export function takeTurn(turns: Turns, event: TurnEvent, settings: TurnSettings): Step {
  switch (event.kind) {
    case "voice_began":
      return begin({ ...turns, isVoiced: true }, event.atMs);
    case "voice_ended":
      return only({ ...turns, isVoiced: false, ...(turns.mode === "hearing" ? { sinceMs: event.atMs } : {}) });
    case "heard":
      return understand(turns, event);
    case "supposed":
      // Who is talked to is not understood before it is silent.
      if (turns.mode === "speaking") return only(turns);
      return { turns, commands: [{ kind: "prepare", text: `${turns.words} ${event.text}`.trim() }] };
    case "speech_began":
      if (turns.isVoiced) return hush(turns, event.atMs);
      return only(turns.mode === "thinking" ? { ...turns, mode: "speaking", isHushed: false } : turns);
    case "speech_over":
      if (turns.mode === "hearing") return only(turns);
      return only({ ...turns, mode: "listening", sinceMs: event.atMs, isHushed: false });
    case "tick":
      return look(turns, event, settings);
  }
}

/** When it has to be looked at again, if nothing happens and nothing more is sent to the caller, who has heard all by then. */
export function nextLookMs(turns: Turns, heardUntilMs: number, { waitMs, idleMs }: TurnSettings): number {
  const { mode, sinceMs, words, isVoiced } = turns;
  if (mode === "listening") return sinceMs + idleMs;
  if (mode === "thinking") return sinceMs + waitMs;
  if (mode === "speaking") return Math.max(sinceMs, heardUntilMs) + waitMs;
  if (words !== "") return sinceMs + REST_MS;
  return sinceMs + (isVoiced ? NOISE_MS : Math.min(UNDERSTOOD_MS, waitMs));
}

function begin(turns: Turns, atMs: number): Step {
  if (turns.mode === "speaking") return hush(turns, atMs);
  if (turns.mode === "listening") return only({ ...turns, mode: "hearing", sinceMs: atMs });
  return only(turns);
}

const hush = (turns: Turns, atMs: number): Step => ({
  turns: { ...turns, mode: "hearing", sinceMs: atMs, isHushed: true },
  commands: [{ kind: "hush" }],
});

function understand(turns: Turns, { atMs, text, isAll }: Extract<TurnEvent, { kind: "heard" }>): Step {
  const words = `${turns.words} ${text}`.trim();
  const heard = { ...turns, words, sinceMs: atMs, reminders: 0 };
  if (isAll || !turns.isVoiced) return ask(heard, atMs);
  // There is more to come; what is about to be said answers less than that.
  const isHushed = turns.mode === "speaking" || turns.mode === "thinking";
  return {
    turns: { ...heard, mode: "hearing", isHushed: turns.isHushed || isHushed },
    commands: isHushed ? [{ kind: "hush" }] : [],
  };
}

const ask = (turns: Turns, atMs: number): Step => ({
  turns: { ...turns, mode: "thinking", sinceMs: atMs, words: "", isHushed: false },
  commands: [{ kind: "ask", text: turns.words }],
});

function look(
  turns: Turns,
  { atMs, heardUntilMs }: Extract<TurnEvent, { kind: "tick" }>,
  settings: TurnSettings,
): Step {
  if (atMs < nextLookMs(turns, heardUntilMs, settings)) return only(turns);
  switch (turns.mode) {
    case "listening":
      return remind(turns, atMs, "there");
    case "thinking":
    case "speaking":
      return { turns: { ...turns, sinceMs: atMs }, commands: [{ kind: "remind", of: "wait" }] };
    case "hearing":
      if (turns.words !== "") return ask(turns, atMs);
      if (!turns.isHushed) return remind({ ...turns, isVoiced: false }, atMs, "again");
      return {
        turns: { ...turns, mode: "speaking", sinceMs: atMs, isVoiced: false, isHushed: false },
        commands: [{ kind: "go_on" }],
      };
  }
}

function remind(turns: Turns, atMs: number, of: "again" | "there"): Step {
  if (turns.reminders >= MOST_REMINDERS)
    return { turns, commands: [{ kind: "give_up", isUnderstood: of === "there" }] };
  return {
    turns: { ...turns, mode: "speaking", sinceMs: atMs, reminders: turns.reminders + 1 },
    commands: [{ kind: "remind", of }],
  };
}

const only = (turns: Turns): Step => ({ turns, commands: [] });
