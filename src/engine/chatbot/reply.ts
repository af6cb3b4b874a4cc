/**
 * A reply of a chatbot, sentence by sentence as it comes.
 *
 * 1. What is a JSON list is a list of actions, and is not said; so nothing that could be one is said before it is known.
 * 2. When the engine fails, the caller is told so and it is asked once more; only then has the reply failed.
 * 3. An engine that is asked ahead is told when its reply is taken; one that had nothing to say is asked anew then.
 */
import type { Action } from "../../model/action.ts";
import { type ChatEngine, ChatError, type ChatRequest } from "../../ports/chatbot.ts";
import type { Clock } from "../../ports/clock.ts";
import { orAborted } from "../../ports/or-aborted.ts";
import { type GrowingList, growingList } from "./growing-list.ts";
import type { Sentence } from "./mouth.ts";
import { type Phrase, phraseIn } from "./phrases.ts";
import { type SentenceCutter, sentenceCutter } from "./sentences.ts";

/** A sentence of the chatbot's, or one of ours that the chatbot has never said. */
export type ReplySentence = Sentence & { readonly isOurs?: true };

/** What comes after what is said. */
export type ReplyEnding =
  | { readonly kind: "talk on" }
  | { readonly kind: "over" }
  | { readonly kind: "actions"; readonly actions: readonly Action[] };

export type Reply = {
  readonly sentences: GrowingList<ReplySentence>;
  /** Rejects with a ChatError when the engine failed twice; what there is to say is said all the same. */
  readonly ending: Promise<ReplyEnding>;
  /** How long the engine took for the first of it, ms; undefined when there was nothing yet. */
  readonly firstMs: number | undefined;
  /** Makes a reply that was asked for ahead the one to this, which the caller has said. */
  take(asked: Pick<ChatRequest, "history" | "key">): void;
  abandon(): void;
};

export type ReplyParts = {
  readonly engine: ChatEngine;
  readonly clock: Clock;
  /** How long nothing may come. */
  readonly deadlineMs: number;
  /** The actions of a list, checked; a text that says what is wrong with it. */
  readonly check: (list: unknown) => readonly Action[] | string;
  /** Hears of each failure. */
  readonly onTrouble: (error: ChatError) => void;
  /** Hears of each reply that was asked for ahead and then taken. */
  readonly onTaken: (request: ChatRequest) => void;
};

const TRIES = 2;
/** A reply of minutes; what goes on after that is not meant for an ear. */
const LONGEST_REPLY = 20_000;

export function ask(parts: ReplyParts, request: ChatRequest, signal: AbortSignal): Reply {
  const abandoned = new AbortController();
  const until = AbortSignal.any([signal, abandoned.signal]);
  const sentences = growingList<ReplySentence>();
  const taken = Promise.withResolvers<ChatRequest>();
  let askedAtMs = parts.clock.now();
  let firstMs: number | undefined;
  const onFirst = (): void => {
    firstMs ??= parts.clock.now() - askedAtMs;
  };

  async function attempts(asked: ChatRequest): Promise<ReplyEnding> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await attempt({ ...parts, request: asked, sentences, onFirst }, until);
      } catch (error) {
        until.throwIfAborted();
        const failure = chatErrorOf(error);
        parts.onTrouble(failure);
        if (tries === TRIES) throw failure;
        sentences.add(ours(request.language, "sorry"));
      }
    }
  }

  async function untilTaken(): Promise<ReplyEnding> {
    const ahead = await attempts(request);
    const isEmpty = textOf(sentences.items) === "" && ahead.kind === "talk on";
    // What there is is said as soon as it is taken.
    if (!isEmpty) sentences.end();
    const asked = await orAborted(taken.promise, until);
    if (!isEmpty) {
      parts.onTaken(asked);
      return ahead;
    }
    askedAtMs = parts.clock.now();
    return attempts(asked);
  }

  const ending = (request.isFinal ? attempts(request) : untilTaken()).finally(sentences.end);
  ending.catch(() => undefined);
  return {
    sentences,
    ending,
    get firstMs() {
      return firstMs;
    },
    take: (asked) => taken.resolve({ ...request, ...asked, isFinal: true }),
    abandon: () => abandoned.abort(new Error("the reply is not wanted any more")),
  };
}

/** Something of ours, as a reply. */
export function remark(language: string, phrase: Phrase): Reply {
  const sentences = growingList<ReplySentence>(ours(language, phrase));
  sentences.end();
  return { sentences, ending: Promise.resolve({ kind: "talk on" }), firstMs: 0, take: () => {}, abandon: () => {} };
}

/** What the chatbot itself said in these, as one text. */
export const textOf = (sentences: readonly ReplySentence[]): string =>
  sentences.flatMap(({ text, isOurs }) => (isOurs ? [] : [text])).join(" ");

const ours = (language: string, phrase: Phrase): ReplySentence => ({ ...phraseIn(language, phrase), isOurs: true });

type Attempt = ReplyParts & {
  readonly request: ChatRequest;
  readonly sentences: GrowingList<ReplySentence>;
  readonly onFirst: () => void;
};

async function attempt(parts: Attempt, until: AbortSignal): Promise<ReplyEnding> {
  const { engine, request, sentences, check, onFirst } = parts;
  const { language, chatbot } = request;
  await using patience = watchdog(parts.deadlineMs);
  const limit = AbortSignal.any([until, patience.signal]);
  const cutter = sentenceCutter();
  const say = (texts: readonly string[]) => sentences.add(...texts.map((text) => ({ text, language })));
  let text = "";
  let ending: ReplyEnding = { kind: "talk on" };
  let isSilent = true;
  try {
    for await (const piece of engine.reply(request, limit)) {
      patience.wag();
      onFirst();
      isSilent = false;
      if (piece.kind === "over") {
        ending = endingOf(piece.actions, check, chatbot.engine_type);
        continue;
      }
      text += piece.text;
      if (!mayBeList(text)) say(cutHeld(cutter, text, piece.text));
      if (text.length > LONGEST_REPLY) break;
    }
    limit.throwIfAborted();
  } catch (error) {
    until.throwIfAborted();
    if (patience.signal.aborted)
      throw new ChatError(chatbot.engine_type, "timeout", "it took too long", { cause: error });
    throw error;
  }
  if (mayBeList(text)) {
    const list = listIn(text);
    if (list !== undefined) return endingOf(list, check, chatbot.engine_type);
    say(cutter.add(text));
  }
  say(cutter.end());
  // Who has been asked something and has nothing to say did not understand it; ahead, it only wants to wait.
  if (isSilent && request.isFinal && request.history.length > 0) sentences.add(ours(language, "again"));
  return ending;
}

/** Gives the cutter what comes, and first what was held back because it could have been a list. */
const cutHeld = (cutter: SentenceCutter, text: string, piece: string): readonly string[] =>
  cutter.add(mayBeList(text.slice(0, text.length - piece.length)) ? text : piece);

/** Models like to put what is for machines into a fence. */
const FENCE = /^```(?:json)?\s*([\s\S]*?)\s*```$/u;
const mayBeList = (text: string): boolean => /^\s*(?:\[|`{1,3}|$)/u.test(text);

function listIn(text: string): unknown {
  const trimmed = text.trim();
  try {
    const value: unknown = JSON.parse(FENCE.exec(trimmed)?.[1] ?? trimmed);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function endingOf(actions: unknown, check: ReplyParts["check"], engine: string): ReplyEnding {
  if (actions === undefined || (Array.isArray(actions) && actions.length === 0)) return { kind: "over" };
  const checked = check(actions);
  if (typeof checked === "string") throw new ChatError(engine, "failed", `its actions can't be run: ${checked}`);
  return { kind: "actions", actions: checked };
}

/** A signal that aborts when nothing has happened for so long. */
function watchdog(limitMs: number) {
  const controller = new AbortController();
  const bite = () => controller.abort(new Error("nothing came"));
  let timer = setTimeout(bite, limitMs);
  return {
    signal: controller.signal,
    wag(): void {
      clearTimeout(timer);
      timer = setTimeout(bite, limitMs);
    },
    async [Symbol.asyncDispose]() {
      clearTimeout(timer);
    },
  };
}

function chatErrorOf(error: unknown): ChatError {
  if (error instanceof ChatError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new ChatError("unknown", "failed", message, { cause: error });
}
