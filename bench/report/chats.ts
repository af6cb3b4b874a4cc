import type { Spread } from "../measure/statistics.ts";
import type { Results } from "./results.ts";

/** What is the engines' in the time until a reply, ms. */
const enginesMs = ({ chats: { enginesMs: parts } }: Results): number =>
  Object.values(parts).reduce((total, ms) => total + ms, 0);

/** The same times, each less by so much. */
const less = ({ p50, p95, p99, samples }: Spread, ms: number): Spread => ({
  ...{ p50: p50 - ms, p95: p95 - ms, p99: p99 - ms, samples },
});

/** Until the reply of a model, without what the engines took. */
export const ownReplyMs = (results: Results): Spread => less(results.chats.replyMs, enginesMs(results));

/** The same of a webhook. */
export const ownWebhookReplyMs = (results: Results): Spread => less(results.chats.webhookReplyMs, enginesMs(results));

/** How quick a talk with a chatbot is; nothing of what was not measured. */
export function chatsOf(results: Results): readonly (readonly string[])[] {
  const { replyMs, webhookReplyMs, bargeMs, talks, webhookTalks, bargeTalks, enginesMs: parts } = results.chats;
  const row = (what: string, { p50, p95, p99, samples }: Spread): readonly (readonly string[])[] =>
    samples === 0 ? [] : [[what, ...[p50, p95, p99].map((ms) => `${Math.round(ms)} ms`)]];
  const { understands, thinks, speaks } = parts;
  return [
    ...row(`end of the caller's words to the reply, ${talks} talks at once`, replyMs),
    ...row(`the same without the engines, which take ${understands} + ${thinks} + ${speaks} ms`, ownReplyMs(results)),
    ...row(`the same of a webhook that may be asked ahead, ${webhookTalks} talks at once`, webhookReplyMs),
    ...row("the same without the engines", ownWebhookReplyMs(results)),
    ...row(`the caller's voice to the chatbot's silence, ${bargeTalks} talks at once`, bargeMs),
  ];
}
