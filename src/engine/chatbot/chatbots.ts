/** Talks of calls with chatbots, and what is kept of them: each talk a record that a later process goes on with. */
import type { Logger } from "pino";
import { seeList } from "../../flow/remedies.ts";
import type { ListVerdict } from "../../flow/validate-list.ts";
import type { Chatbot } from "../../model/chatbot.ts";
import type { Chatbotcall, ChatbotcallEnding } from "../../model/chatbotcall.ts";
import type { TimelineType } from "../../model/timeline.ts";
import { type ChatEngine, ChatError, type ChatRequest } from "../../ports/chatbot.ts";
import { type ChatEnd, type ChatOrder, type Chatting, ChattingError } from "../../ports/chatting.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Ids } from "../../ports/ids.ts";
import type { LiveAudio } from "../../ports/live-audio.ts";
import type { Metrics } from "../../ports/metrics.ts";
import type { Voice } from "../../ports/speech.ts";
import type { ListenTrouble, SpeechRecognizer } from "../../ports/speech-recognition.ts";
import type { Storage } from "../../ports/storage.ts";
import type { CallScope } from "../call-scope.ts";
import { unlessHungUp } from "../hangup-news.ts";
import type { RunState, Step } from "../run-state.ts";
import { converse, type DialogueEnd, type Fact } from "./dialogue.ts";
import { createMouth } from "./mouth.ts";
import { phraseIn } from "./phrases.ts";
import { REMEDIES } from "./remedies.ts";
import { createReminder } from "./reminder.ts";
import type { ReplyParts } from "./reply.ts";
import { tellingVoice } from "./telling-voice.ts";
import type { TurnSettings } from "./turns.ts";

export type ChatSettings = TurnSettings & {
  /** How long an engine may be silent. */
  readonly deadlineMs: number;
  /** Whether a reply is asked for while it is not certain yet that the caller has finished. */
  readonly thinksAhead: boolean;
};

export type ChatbotServices = {
  readonly storage: Pick<Storage, "chatbots" | "chatbotcalls">;
  readonly liveAudio: LiveAudio;
  readonly voice: Voice;
  readonly recognizer: SpeechRecognizer;
  readonly engine: ChatEngine;
  readonly settings: ChatSettings;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  readonly metrics: Pick<Metrics, "observe" | "count">;
  readonly background: (work: Promise<unknown>) => void;
};

type StepParts = {
  readonly state: RunState;
  readonly step: Step;
  readonly scope: CallScope;
  readonly signal: AbortSignal;
  /** Checks a list of actions, so that it can run nested in this flow. */
  readonly check: (list: unknown) => Pick<ListVerdict, "errors" | "actions">;
};

const SPOKEN: TimelineType = "speech_synthesized";

/** With what was said last, where that has yet to be stored. */
type Ending = Pick<DialogueEnd, "result" | "actions"> & Partial<Pick<DialogueEnd, "messages" | "facts">>;

export type Chatbots = ReturnType<typeof createChatbots>;

export function createChatbots(services: ChatbotServices) {
  const { storage, clock, ids, log, metrics, background } = services;
  /** Talks that go on in this process, which sees to their end itself. */
  const talking = new Set<string>();
  const now = () => new Date(clock.now()).toISOString();

  /** The record of a new talk. */
  async function begin(order: ChatOrder, chatbot: Chatbot, { scope, state }: StepParts): Promise<Chatbotcall> {
    const record: Chatbotcall = {
      id: order.chatbotcallId,
      customer_id: scope.call.customer_id,
      chatbot_id: chatbot.id,
      chatbot_engine_type: chatbot.engine_type,
      activeflow_id: state.record.id,
      reference_type: "call",
      reference_id: scope.call.id,
      status: "progressing",
      end_reason: null,
      gender: order.gender ?? null,
      language: order.language,
      messages: [],
      actions: [],
      tm_create: now(),
      tm_end: null,
      tm_update: now(),
    };
    await storage.chatbotcalls.create(record, entriesOf(record, [["chatbot_started", { chatbot_id: chatbot.id }]]));
    return record;
  }

  const entriesOf = (record: Pick<Chatbotcall, "id" | "activeflow_id" | "reference_id">, facts: readonly Fact[]) =>
    facts.map(([type, data]) => ({
      at: now(),
      type,
      activeflow_id: record.activeflow_id,
      call_id: record.reference_id,
      data: { chatbotcall_id: record.id, ...data },
    }));

  async function end(record: Chatbotcall, { result, actions, facts = [], ...said }: Ending): Promise<void> {
    const [tm_end, tm_update] = [now(), now()];
    const changes = { ...said, status: "end", end_reason: result, actions, tm_end, tm_update } as const;
    await storage.chatbotcalls.save(record.id, changes, entriesOf(record, [...facts, ["chatbot_ended", { result }]]));
    metrics.count("chatbot_talks", { engine: record.chatbot_engine_type, reason: result });
  }

  async function talk(order: ChatOrder, parts: StepParts): Promise<ChatEnd> {
    const { liveAudio, voice, engine, settings, recognizer } = services;
    const { scope, step, state, signal } = parts;
    const streamId = `${step.id}.chatbot`;
    if (step.resumed) await liveAudio.close(streamId);
    const chatbot = await storage.chatbots.get(order.chatbotId, scope.call.customer_id);
    if (!chatbot) throw new ChattingError(`there is no chatbot ${order.chatbotId}`, seeList("chatbots"));
    recognizer.check();
    const before = await storage.chatbotcalls.get(order.chatbotcallId);
    if (before?.status === "end") return endOf(before);
    const record = before ?? (await begin(order, chatbot, parts));
    let { messages } = record;
    talking.add(record.id);
    try {
      const { channel_id: channelId } = scope.call;
      const how = { heard: "in", speaks: true, sampleRateHz: 16_000, how: "bridge" } as const;
      await using stream = await liveAudio.open({ channelId, streamId, ...how }, signal);
      const note = (type: TimelineType, data: Readonly<Record<string, unknown>>): void => {
        state.addFact(type, { chatbotcall_id: record.id, ...data });
        background(state.flush());
      };
      /** Stored at once: the flow that follows may run in a later process. */
      const keepTold = (name: string, value: string): void => {
        if (state.variables.get(name) === value) return;
        state.variables.set(name, value);
        background(state.flush());
      };
      const speaker = { gender: order.gender };
      const telling = tellingVoice(voice, (tried) => note(SPOKEN, tried));
      const onSpeaks = (provider: string): void => keepTold("voipbin.tts.provider", provider);
      const mouth = createMouth({ stream, voice: telling, clock, speaker, onSpeaks }, signal);
      // It may never be said: only what went wrong is of interest.
      const warning = tellingVoice(voice, (tried) => tried.attempts.some(({ fault }) => fault) && note(SPOKEN, tried));
      const wait = { ...speaker, ...phraseIn(order.language, "wait"), withinMs: settings.waitMs };
      const reminder = createReminder(warning, wait, signal);
      const onMisheard = ({ atMs, ...trouble }: ListenTrouble): void => {
        metrics.count("transcription_failures", { provider: trouble.provider, fault: trouble.fault });
        note("transcribe_failed", { ...trouble, at_ms: atMs });
      };
      const onTrouble = ({ engine: name, fault, message }: ChatError): void => {
        metrics.count("chatbot_failures", { engine: name, fault });
        log.warn({ chatbot_id: chatbot.id, engine: name, fault, reason: message }, "a chatbot failed");
        const facts = { engine: name, fault, error: message, remedy: REMEDIES[fault] };
        note("chatbot_failed", facts);
      };
      const onTaken = (request: ChatRequest): void => background(engine.confirm(request).catch(orTrouble));
      const orTrouble = (error: unknown): void => {
        if (!(error instanceof ChatError)) throw error;
        onTrouble(error);
      };
      const store = async (next: typeof messages, facts: readonly Fact[]): Promise<void> => {
        messages = next;
        keepTold("voipbin.chatbot.reply", lastReplyIn(messages));
        await storage.chatbotcalls.save(record.id, { messages, tm_update: now() }, entriesOf(record, facts));
      };
      if (before) await store(messages, [["chatbot_started", { chatbot_id: chatbot.id, resumed: true }]]);
      const request = {
        chatbot,
        language: order.language,
        chatbotcallId: record.id,
        activeflowId: record.activeflow_id,
        callId: record.reference_id,
      };
      const { deadlineMs, thinksAhead } = settings;
      const { untilMs } = order;
      const ports = { stream, mouth, reminder, recognizer, engine, clock, metrics };
      const rules = {
        settings,
        thinksAhead,
        deadlineMs,
        untilMs,
        check: checkedBy(parts),
        onTrouble,
        onMisheard,
        onTaken,
      };
      const ended = await converse({ ...ports, ...rules, request, messages, store }, signal);
      await end(record, ended);
      return endOf({ messages: ended.messages, end_reason: ended.result, actions: ended.actions });
    } catch (error) {
      const result = scope.signal.aborted ? "hangup" : signal.aborted ? "left" : "failed";
      await end(record, { result, actions: [] });
      throw error;
    } finally {
      talking.delete(record.id);
    }
  }

  return {
    portFor: (parts: StepParts): Chatting => ({
      newId: ids.next,
      talk: (order) => unlessHungUp(parts.scope, talk(order, parts)),
    }),
    /** Ends the talks of an earlier process whose calls have ended, or end before their flow goes on. */
    async settle(find: (callId: string) => CallScope | undefined): Promise<void> {
      for (const record of await storage.chatbotcalls.live()) {
        const hangUp = async () => {
          if (talking.has(record.id)) return;
          const { status } = (await storage.chatbotcalls.get(record.id)) ?? record;
          if (status !== "end") await end(record, { result: "hangup", actions: [] });
        };
        const scope = find(record.reference_id);
        if (scope && !scope.signal.aborted) scope.signal.addEventListener("abort", () => background(hangUp()));
        else await hangUp();
      }
    },
  };
}

/** Says what is wrong, or gives what can run. */
const checkedBy =
  ({ check }: StepParts): ReplyParts["check"] =>
  (list) => {
    const { errors, actions } = check(list);
    return errors[0] ? `${errors[0].path}: ${errors[0].message}` : actions;
  };

function endOf({ messages, end_reason, actions }: Pick<Chatbotcall, "messages" | "end_reason" | "actions">): ChatEnd {
  const result: ChatbotcallEnding = end_reason ?? "failed";
  return { result, actions, reply: lastReplyIn(messages) };
}

const lastReplyIn = (messages: Chatbotcall["messages"]): string =>
  messages.findLast(({ role }) => role === "assistant")?.text ?? "";
