/** A list of rules: the first whose regular expression matches what was understood replies. */
import { runInNewContext } from "node:vm";
import type { Chatbot } from "../../model/chatbot.ts";
import { type ChatEngine, ChatError } from "../../ports/chatbot.ts";

const NAME = "script";
/** A regular expression can take for ever; the calls of others wait meanwhile. */
const MATCHING_LIMIT_MS = 300;
const LONGEST_TEXT = 2_000;
const MOST_HINTS = 200;

export const script: ChatEngine = {
  opens: ({ init_prompt }) => init_prompt !== "",
  isFreeToAsk: () => true,
  confirm: async () => {},
  hints: ({ script: rules }) => [...new Set(rules.flatMap(({ match }) => wordsIn(match)))].slice(0, MOST_HINTS),
  async *reply({ chatbot, history }) {
    const last = history.at(-1);
    if (!last) {
      yield { kind: "text", text: chatbot.init_prompt };
      return;
    }
    const reply = replyTo(chatbot, last.text);
    if (reply === undefined) return;
    yield typeof reply === "string" ? { kind: "text", text: reply } : { kind: "over", actions: reply };
  },
};

const FIND = "rules.findIndex((rule) => new RegExp(rule, 'iu').test(text))";

function replyTo({ script: rules }: Chatbot, text: string) {
  const given = { rules: rules.map(({ match }) => match), text: text.slice(0, LONGEST_TEXT) };
  try {
    const index: unknown = runInNewContext(FIND, given, { timeout: MATCHING_LIMIT_MS });
    return typeof index === "number" ? rules[index]?.reply : undefined;
  } catch (error) {
    throw new ChatError(NAME, "refused", "its rules take too long to match", { cause: error });
  }
}

/** The words in a regular expression, as far as they stand there as words: what it is about. */
function wordsIn(match: string): readonly string[] {
  const plain = match.replaceAll(/\\[a-z]/giu, " ").replaceAll(/\(\?[:=!<]*|[|()]/gu, "\n");
  return plain
    .split("\n")
    .map((part) =>
      part
        .replaceAll(/\[[^\]]*\]|[^\p{L}\p{N}' ]/gu, " ")
        .replaceAll(/\s+/gu, " ")
        .trim(),
    )
    .filter((words) => words.length > 1);
}
