import { setTimeout as pause } from "node:timers/promises";
import type { Asterisk } from "../../test/support/asterisk.ts";
import type { Call } from "../../test/support/call.ts";
import { eventually } from "../../test/support/eventually.ts";
import { nextAddress } from "../../test/support/loopback.ts";
import { startPhone } from "../../test/support/phone.ts";
import { type Ringdown, startRingdown } from "../../test/support/ringdown.ts";
import { FRAME_MS } from "../../test/support/rtp/codec.ts";
import { tone } from "../../test/support/tones.ts";
import { chatting } from "../subjects/asterisk.ts";
import { type ChatEngines, startChatEngines } from "../subjects/chat-engines.ts";
import { takeCalls } from "../subjects/ringdown.ts";
import { type Spread, spreadOf } from "./statistics.ts";

/** So many talks with a chatbot at the same time, each of so many turns. */
export type ChatPlan = { readonly talks: number; readonly rounds: number };

export type Chats = {
  /** From a caller's last audible packet to the first of the reply. */
  readonly replyMs: Spread;
  /** The same of a webhook that may be asked ahead. */
  readonly webhookReplyMs: Spread;
  /** From the first audible packet of a caller who interrupts to the last of the chatbot's. */
  readonly bargeMs: Spread;
};

const WORD_MS = 500;
const SHORT_REPLY_MS = 400;
const LONG_REPLY_MS = 20_000;
/** Between the end of a reply and the next word, and before the first. */
const REST_MS = 500;
/** The turns of talks fall on different moments, as those of people do. */
const SPREAD_MS = 1_500;
/** After this much of a caller's word nothing of an interrupted chatbot is under way, and no reply yet. */
const SILENT_WITHIN_MS = WORD_MS + 400;
/** The first turn of each talk is not counted: nobody has connected to anybody, or loaded what it needs, before it. */
const WARM_UP_ROUNDS = 1;

/** Talks with a chatbot of a Ringdown whose engines are constant. */
export async function chats(
  asterisk: Asterisk,
  { chatbot, webhook, barge }: { readonly [Part in "chatbot" | "webhook" | "barge"]: ChatPlan },
): Promise<Chats> {
  if (chatbot.rounds + webhook.rounds + barge.rounds === 0) {
    return { replyMs: spreadOf([]), webhookReplyMs: spreadOf([]), bargeMs: spreadOf([]) };
  }
  using engines = await startChatEngines();
  const environment = { RINGDOWN_LOG_LEVEL: "info", ...engines.environment };
  await using ringdown = await startRingdown({ asterisk, environment });
  const ahead = { engine_type: "webhook", engine_url: engines.webhookUrl, thinks_ahead: true };
  await takeTalks(ringdown, chatting.model, { engine_type: "openai", engine_url: engines.modelUrl });
  await takeTalks(ringdown, chatting.webhook, ahead);
  await using phone = await startPhone({ address: nextAddress(), server: { address: asterisk.address, port: 5060 } });
  const talks = async (number: string, part: ChatPlan, turn: Turn): Promise<Spread> =>
    spreadOf(await talkAll(() => phone.dial(number), part, turn));
  return {
    replyMs: await talks(chatting.model, chatbot, replies(engines)),
    webhookReplyMs: await talks(chatting.webhook, webhook, replies(engines)),
    bargeMs: await talks(chatting.model, barge, interruptions(engines)),
  };
}

/** Has a chatbot talk with those who call a number. */
async function takeTalks(ringdown: Ringdown, number: string, engine: object): Promise<void> {
  const { id: chatbot_id } = await ringdown.api.post("/chatbots", { name: "bench", ...engine });
  const option = { chatbot_id, duration: 600 };
  await takeCalls(ringdown, number, [{ type: "answer" }, { type: "chatbot_talk", option }]);
}

/** One turn of a talk: what it took, ms. */
type Turn = (call: Call, round: number, offsetMs: number) => Promise<number>;

async function talkAll(dial: () => Promise<Call>, { talks, rounds }: ChatPlan, turn: Turn): Promise<readonly number[]> {
  if (rounds === 0) return [];
  const talk = async (_: unknown, index: number): Promise<readonly number[]> => {
    await pause((index * SPREAD_MS) / talks);
    const call = await dial();
    await call.answered();
    await pause(REST_MS);
    const found: number[] = [];
    for (let round = 0; round < rounds + WARM_UP_ROUNDS; round++) {
      found.push(await turn(call, round, (round * FRAME_MS) / rounds));
    }
    await call.hangup();
    return found.slice(WARM_UP_ROUNDS);
  };
  return (await Promise.all(Array.from({ length: talks }, talk))).flat();
}

/** Speaks and is answered. */
function replies(engines: ChatEngines): Turn {
  engines.replyFor(SHORT_REPLY_MS);
  return async (call, _round, offsetMs) => {
    await call.quiet(REST_MS);
    await pause(offsetMs);
    await call.say(tone(620, WORD_MS));
    const saidMs = call.story.nowMs();
    return (await eventually("the reply", () => call.soundAfterMs(saidMs))) - saidMs;
  };
}

/** Speaks while the chatbot speaks; that is also what the next reply answers. */
function interruptions(engines: ChatEngines): Turn {
  engines.replyFor(LONG_REPLY_MS);
  return async (call, round, offsetMs) => {
    if (round === 0) await call.say(tone(620, WORD_MS));
    const askedMs = call.story.nowMs();
    await eventually("the reply", () => call.soundAfterMs(askedMs));
    await pause(REST_MS + offsetMs);
    const first = call.say(tone(620, FRAME_MS));
    const rest = call.say(tone(620, WORD_MS - FRAME_MS));
    await first;
    const beganMs = call.story.nowMs();
    await rest;
    await pause(SILENT_WITHIN_MS - WORD_MS);
    return call.lastSoundMs() - beganMs;
  };
}
