/** Replies that are asked for before it is certain that they are wanted. */
import type { ChatMessage } from "../../ports/chatbot.ts";
import type { Mouth } from "./mouth.ts";
import type { Reply } from "./reply.ts";

type Parts = {
  readonly think: (history: readonly ChatMessage[], signal: AbortSignal) => Reply;
  readonly mouth: Pick<Mouth, "prepare">;
  /** Hears of each reply that was not wanted. */
  readonly onDropped: () => void;
};

export type Forethought = {
  /** Begins to think about this, and to speak the first sentence of it; what was thought about before is given up. */
  prepare(history: readonly ChatMessage[]): void;
  /** The reply to this, if it was thought about, in whatever spelling; what was thought about besides is given up. */
  take(history: readonly ChatMessage[]): Reply | undefined;
};

type Thought = { readonly question: string; readonly reply: Reply; unwant(): void };

/** Lives as long as its talk; the signal ends everything. */
export function createForethought({ think, mouth, onDropped }: Parts, signal: AbortSignal): Forethought {
  let current: Thought | undefined;

  function drop(thought: Thought | undefined): void {
    if (!thought) return;
    onDropped();
    thought.unwant();
  }

  return {
    prepare(history) {
      const question = questionOf(history);
      if (question === current?.question) return;
      drop(current);
      const dropped = new AbortController();
      const until = AbortSignal.any([signal, dropped.signal]);
      const reply = think(history, until);
      current = { question, reply, unwant: () => dropped.abort(new Error("the reply is not wanted")) };
      const prepareFirst = async () => {
        const first = await reply.sentences.at(0, until);
        if (first) mouth.prepare(first, until);
      };
      prepareFirst().catch(() => undefined);
    },
    take(history) {
      const taken = current;
      current = undefined;
      if (taken?.question === questionOf(history)) return taken.reply;
      drop(taken);
      return undefined;
    },
  };
}

/** The same for what differs in nothing but the spelling of the last words: recognizers put the marks there at last. */
function questionOf(history: readonly ChatMessage[]): string {
  const last = history.at(-1)?.text ?? "";
  const words = last.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  return JSON.stringify([history.slice(0, -1), words]);
}
