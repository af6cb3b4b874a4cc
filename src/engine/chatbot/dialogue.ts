/**
 * A talk of a caller with a chatbot, from where it stands to its end: the turns (turns.ts) and what they command.
 *
 * 1. What the caller said is stored before it is answered, what the chatbot said when it was heard, or hushed; what it said
 *    last is stored together with the end of the talk, since an end that was lost would not be found again.
 * 2. Whatever fails, the talk ends and the flow goes on; the caller is told so where there is a voice to tell it.
 */
import { createHash } from "node:crypto";
import type { ChatbotcallEnding, ChatbotcallMessage } from "../../model/chatbotcall.ts";
import type { TimelineType } from "../../model/timeline.ts";
import type { ChatMessage, ChatRequest } from "../../ports/chatbot.ts";
import type { ChatEnd } from "../../ports/chatting.ts";
import type { Clock } from "../../ports/clock.ts";
import type { LiveStream } from "../../ports/live-audio.ts";
import type { Metrics } from "../../ports/metrics.ts";
import { type ListenTrouble, RecognitionError, type SpeechRecognizer } from "../../ports/speech-recognition.ts";
import { TelephonyError } from "../../ports/telephony.ts";
import { type EarEvent, listen } from "./ear.ts";
import { createForethought } from "./forethought.ts";
import { createInbox } from "./inbox.ts";
import type { Mouth, Saying } from "./mouth.ts";
import { UNHEARD_REMEDY } from "./remedies.ts";
import { ask, type Reply, type ReplyParts, remark, textOf } from "./reply.ts";
import { firstTurn, nextLookMs, type TurnCommand, type TurnEvent, type TurnSettings, takeTurn } from "./turns.ts";

export type Dialogue = ReplyParts & {
  readonly request: Omit<ChatRequest, "history" | "key" | "requestId" | "isFinal">;
  readonly settings: TurnSettings;
  /** Whether a reply is asked for while it is not certain yet that the caller has finished. */
  readonly thinksAhead: boolean;
  /** When it is over at the latest. */
  readonly untilMs: number;
  /** What was said before a crash. */
  readonly messages: readonly ChatbotcallMessage[];
  readonly store: (messages: readonly ChatbotcallMessage[], facts: readonly Fact[]) => Promise<void>;
  readonly stream: LiveStream;
  readonly mouth: Mouth;
  /** What tells the caller to wait, to be had at once. */
  readonly reminder: () => Uint8Array;
  readonly recognizer: SpeechRecognizer;
  /** Hears of each provider that does not understand the caller. */
  readonly onMisheard: (trouble: ListenTrouble) => void;
  readonly clock: Clock;
  readonly metrics: Pick<Metrics, "observe" | "count">;
};
export type Fact = readonly [type: TimelineType, data: Readonly<Record<string, unknown>>];

type Event =
  | Exclude<EarEvent, { kind: "deaf" }>
  | { readonly kind: "deaf"; readonly error: unknown }
  | { readonly kind: "speech_began" | "speech_over"; readonly of: Reply }
  | { readonly kind: "mute"; readonly error: unknown };

/** The last that is sent to an engine; what was said before that has been forgotten by people too. */
const MOST_MESSAGES = 200;

/** How a talk ended, and what of it has yet to be stored. */
export type DialogueEnd = Omit<ChatEnd, "reply"> & {
  readonly messages: readonly ChatbotcallMessage[];
  readonly facts: readonly Fact[];
};

/** Resolves when it is over. @throws TelephonyError when the way to the caller breaks off; the signal's reason. */
export async function converse(dialogue: Dialogue, signal: AbortSignal): Promise<DialogueEnd> {
  const { clock, request, engine, mouth, recognizer, stream, settings, thinksAhead, untilMs, metrics } = dialogue;
  const { language, chatbot } = request;
  const labels = { engine: chatbot.engine_type };
  const inbox = createInbox<Event>(clock);
  const ended = new AbortController();
  const until = AbortSignal.any([signal, ended.signal]);
  let messages = dialogue.messages;
  let reply: Reply | undefined;
  let saying: Saying | undefined;
  /** When what is being answered was understood, until the answer is on its way. */
  let understoodMs: number | undefined;
  let listener: string | undefined;
  const beganMs = clock.now();
  const forethought = createForethought(
    {
      think: (history, wanted) => ask(dialogue, aheadOf(history), wanted),
      mouth,
      onDropped: () => metrics.count("chatbot_thrown_away", labels),
    },
    until,
  );

  function add(role: ChatMessage["role"], text: string, interrupted = false): void {
    const at = new Date(clock.now()).toISOString();
    if (text !== "")
      messages = [...messages, { role, text, at, ...(interrupted ? { interrupted: true as const } : {}) }];
  }

  /** Stores what was said, if something is to be told of it. */
  const keep = async (facts: readonly Fact[]): Promise<void> => {
    if (facts.length > 0) await dialogue.store(messages, facts);
  };

  const endOf = (
    result: ChatbotcallEnding,
    facts: readonly Fact[],
    actions: DialogueEnd["actions"] = [],
  ): DialogueEnd => ({ result, actions, messages, facts });

  function say(next: Reply, from = 0): void {
    const isCurrent = () => reply === next;
    const begin = async () => {
      // Not before there is something: what reminds the caller to wait goes first.
      if ((await next.sentences.at(from, until)) === undefined) return inbox.add({ kind: "speech_over", of: next });
      if (!isCurrent()) return;
      saying = mouth.say(next.sentences, from, () => began(next));
      if ((await saying.over) === "heard") inbox.add({ kind: "speech_over", of: next });
    };
    begin().catch((error) => !until.aborted && isCurrent() && inbox.add({ kind: "mute", error }));
  }

  function began(next: Reply): void {
    inbox.add({ kind: "speech_began", of: next });
    if (understoodMs !== undefined) metrics.observe("chatbot_reply", clock.now() - understoodMs, labels);
    understoodMs = undefined;
  }

  function replyWith(next: Reply): void {
    reply = next;
    saying = undefined;
    say(next);
  }

  const turnKey = (): string => `${request.chatbotcallId}.${messages.length}`;

  /** What is asked before the caller has finished; named by its words too, since the turn may come to have others. */
  function aheadOf(history: readonly ChatMessage[]): ChatRequest {
    const key = `${turnKey()}.ahead.${shortHash(JSON.stringify(history))}`;
    return { ...request, history, key, requestId: key, isFinal: false };
  }

  function think(): void {
    const [history, key] = [historyOf(messages), turnKey()];
    const thought = forethought.take(history);
    thought?.take({ history, key });
    replyWith(thought ?? ask(dialogue, { ...request, history, key, requestId: key, isFinal: true }, until));
  }

  /** What will have been said when the caller has said this. */
  function historyIf(text: string): readonly ChatMessage[] {
    const heard = heardSoFar();
    const before = heard === "" ? [] : [{ role: "assistant", text: heard } as const];
    return historyOf([...messages, ...before, { role: "user", text }]);
  }

  /** What was heard of what is being said. */
  const heardSoFar = (): string => textOf(reply?.sentences.items.slice(0, saying?.begun ?? 0) ?? []);

  /** Adds what was heard of the reply that is given up, or all of it; gives what is to be told of it. */
  function conclude(interrupted: boolean): readonly Fact[] {
    const text = interrupted ? heardSoFar() : textOf(reply?.sentences.items ?? []);
    const { firstMs } = reply ?? {};
    reply = undefined;
    if (text === "") return [];
    if (firstMs !== undefined) metrics.observe("chatbot_engine", firstMs, labels);
    const facts = { text, ...(interrupted && { interrupted }), ...(firstMs !== undefined && { engine_ms: firstMs }) };
    add("assistant", text, interrupted);
    return [["chatbot_replied", facts]];
  }

  async function obey(command: TurnCommand): Promise<DialogueEnd | undefined> {
    switch (command.kind) {
      case "ask":
        metrics.count("chatbot_turns", labels);
        understoodMs = clock.now();
        mouth.hush();
        reply?.abandon();
        await keep(conclude(true));
        add("user", command.text);
        await dialogue.store(messages, [["chatbot_heard", { text: command.text }]]);
        think();
        return undefined;
      case "prepare":
        if (chatbot.thinks_ahead ?? engine.isFreeToAsk(chatbot)) forethought.prepare(historyIf(command.text));
        return undefined;
      case "hush":
        mouth.hush();
        return undefined;
      case "go_on":
        if (reply) say(reply, saying?.place ?? 0);
        return undefined;
      case "remind":
        if (command.of === "wait") mouth.interject(dialogue.reminder());
        else {
          understoodMs = undefined;
          replyWith(remark(language, command.of));
        }
        return undefined;
      case "give_up":
        if (!command.isUnderstood) tellOfDeafness();
        return endOf("silence", []);
    }
  }

  /** The caller has said something again and again, and nothing of it was understood. */
  function tellOfDeafness(): void {
    if (listener === undefined) return;
    const why = { fault: "timeout", error: "it told nothing of what the caller said", remedy: UNHEARD_REMEDY } as const;
    dialogue.onMisheard({ provider: listener, ...why, atMs: clock.now() - beganMs });
  }

  /** What has to be done now that all of the reply was heard; undefined when the talk goes on. */
  async function finish(): Promise<DialogueEnd | undefined> {
    const how = await reply?.ending.catch(() => "failed" as const);
    const said = conclude(false);
    if (how === "failed") return endOf("failed", said);
    if (how?.kind === "actions") return endOf("actions", said, how.actions);
    if (how?.kind === "over") return endOf("over", said);
    await keep(said);
    return undefined;
  }

  const opens = messages.length === 0 ? engine.opens(chatbot) : messages.at(-1)?.role === "user";
  let turns = firstTurn(clock.now(), opens);
  const how = { language, hints: engine.hints(chatbot), supposes: thinksAhead, onTrouble: dialogue.onMisheard };
  const onListener = (provider: string): void => {
    listener = provider;
  };
  const ear = listen({ stream, recognizer, clock, ...how, onListener, add: inbox.add }, until);
  try {
    if (opens) think();
    for (;;) {
      const lookMs = nextLookMs(turns, mouth.heardUntilMs, settings);
      const event = await inbox.next(Math.min(lookMs, untilMs), signal);
      if (clock.now() >= untilMs) {
        mouth.hush();
        return endOf("duration", conclude(true));
      }
      if (event?.kind === "cut") throw new TelephonyError("refused", "talk", "the way to the caller broke off");
      if (event?.kind === "mute") throw event.error;
      if (event?.kind === "deaf") return await leave(event.error);
      if (event && "of" in event) {
        if (event.of !== reply) continue;
        const over = event.kind === "speech_over" && turns.mode !== "hearing" ? await finish() : undefined;
        if (over) return over;
      }
      const step = takeTurn(turns, turnEventOf(event, clock.now(), mouth.heardUntilMs), settings);
      turns = step.turns;
      for (const command of step.commands) {
        const over = await obey(command);
        if (over) return over;
      }
    }
  } catch (error) {
    // Whoever hung up has heard it, as far as it came.
    await keep(conclude(true));
    throw error;
  } finally {
    ended.abort(new Error("the talk is over"));
    reply?.abandon();
    await ear;
  }

  /** Nobody understands the caller any more. */
  async function leave(error: unknown): Promise<DialogueEnd> {
    const why = error instanceof Error ? error.message : String(error);
    const [last] = error instanceof RecognitionError ? error.troubles.slice(-1) : [];
    const about = last && { provider: last.provider, fault: last.fault, remedy: last.remedy };
    await dialogue.store(messages, [["chatbot_failed", { error: why, ...about }]]);
    mouth.hush();
    await mouth.say(remark(language, "sorry").sentences, 0).over.catch(() => signal.throwIfAborted());
    return endOf("failed", []);
  }
}

function turnEventOf(event: Event | undefined, atMs: number, heardUntilMs: number): TurnEvent {
  if (!event) return { kind: "tick", atMs, heardUntilMs };
  if (event.kind === "heard") return { kind: "heard", text: event.text, isAll: event.isAll, atMs };
  if (event.kind === "supposed") return { kind: "supposed", text: event.text, atMs };
  if (event.kind === "speech_began" || event.kind === "speech_over") return { kind: event.kind, atMs };
  return event.kind === "voice_began" || event.kind === "voice_ended"
    ? { kind: event.kind, atMs }
    : { kind: "tick", atMs, heardUntilMs };
}

const shortHash = (text: string): string => createHash("sha256").update(text).digest("base64url").slice(0, 12);

/** As an engine wants it: what one has said in several turns is one message. */
function historyOf(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  const history: ChatMessage[] = [];
  for (const { role, text } of messages.slice(-MOST_MESSAGES)) {
    const last = history.at(-1);
    if (last?.role === role) history[history.length - 1] = { role, text: `${last.text} ${text}` };
    else history.push({ role, text });
  }
  return history;
}
