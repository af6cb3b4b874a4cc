/** A talk without a switch, without sound and without time: what happens is brought by the test, what is done is in `log`. */
import { converse, type Dialogue, type DialogueEnd, type Fact } from "../../../src/engine/chatbot/dialogue.ts";
import { createMouth } from "../../../src/engine/chatbot/mouth.ts";
import type { Action } from "../../../src/model/action.ts";
import type { Chatbot } from "../../../src/model/chatbot.ts";
import type { ChatbotcallMessage } from "../../../src/model/chatbotcall.ts";
import type { ChatPiece, ChatRequest } from "../../../src/ports/chatbot.ts";
import { eventually } from "../../support/eventually.ts";
import { tone } from "../../support/tones.ts";
import { fakeLiveAudio } from "../fake-live-audio.ts";
import { fakeSpeechRecognizer } from "../fake-speech-recognizer.ts";

const CHATBOT: Chatbot = {
  id: "cccccccc-0000-4000-8000-000000000001",
  customer_id: "aaaaaaaa-0000-4000-8000-000000000001",
  name: "",
  detail: "",
  engine_type: "script",
  engine_url: null,
  engine_model: "",
  engine_key: null,
  init_prompt: "",
  script: [],
  thinks_ahead: null,
  tm_create: "",
  tm_update: "",
};
const FRAME = new Uint8Array(640);
const VOICE = new Uint8Array(tone(300, 20, 16_000).buffer);
/** Of speech, as long as a sentence. */
const SENTENCE_MS = 1_000;

/** What the chatbot replies to what was said last; a promise in it is waited for. */
export type Thinking = (text: string, request: ChatRequest) => AsyncIterable<ChatPiece>;

/** Pieces of a reply, each a text. */
export async function* saying(...texts: readonly string[]): AsyncGenerator<ChatPiece> {
  for (const text of texts) yield { kind: "text", text };
}

export async function startTalk({
  think,
  opens = false,
  messages = [],
  untilMs = Number.POSITIVE_INFINITY,
  deadlineMs = 1_000,
  thinksAhead = false,
  isFreeToAsk = true,
  chatbot = {},
}: {
  readonly think: Thinking;
  readonly opens?: boolean;
  readonly messages?: readonly ChatbotcallMessage[];
  readonly untilMs?: number;
  readonly deadlineMs?: number;
  readonly thinksAhead?: boolean;
  readonly isFreeToAsk?: boolean;
  readonly chatbot?: Partial<Chatbot>;
}) {
  const log: string[] = [];
  const hangup = new AbortController();
  const { signal } = hangup;
  let nowMs = 0;
  const sleepers = new Set<() => void>();
  const clock: Dialogue["clock"] = {
    now: () => nowMs,
    sleepUntil: (atMs, wait) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (!wait.aborted && nowMs < atMs) return;
          sleepers.delete(look);
          if (wait.aborted) reject(wait.reason);
          else resolve();
        };
        sleepers.add(look);
        wait.addEventListener("abort", look);
        look();
      }),
  };
  const live = fakeLiveAudio(log);
  const recognizer = fakeSpeechRecognizer();
  const order = {
    channelId: "c",
    streamId: "s",
    heard: "in",
    speaks: true,
    sampleRateHz: 16_000,
    how: "bridge",
  } as const;
  const opened = await live.open(order, signal);
  const [line] = live.streams;
  if (!line) throw new Error("no stream");
  /** All that was said has been heard when so much time has passed. */
  let heardAtMs = 0;
  const stream: typeof opened = {
    ...opened,
    async send(audio, wait) {
      heardAtMs = Math.max(heardAtMs, nowMs) + audio.length / 32;
      await opened.send(audio, wait);
    },
    drained: (wait) => clock.sleepUntil(heardAtMs, wait),
    flush() {
      heardAtMs = nowMs;
      opened.flush();
    },
  };
  const voice = {
    async pronounce({ text }: { readonly text: string }) {
      log.push(`says ${text}`);
      async function* sound() {
        yield new Uint8Array(32 * SENTENCE_MS);
      }
      return { provider: "fake", attempts: [], sound: sound() };
    },
  };
  const request = {
    chatbot: { ...CHATBOT, ...chatbot },
    language: "en-US",
    chatbotcallId: "talk",
    activeflowId: "run",
    callId: "call",
  };
  const stored: { messages: readonly ChatbotcallMessage[]; facts: Fact[] } = { messages, facts: [] };
  const measured: string[] = [];
  const metrics: Dialogue["metrics"] = {
    observe: (stage, ms, { engine } = {}) => void measured.push(`${stage} ${engine} ${ms}`),
    count: (event, labels = {}) => void measured.push([event, ...Object.values(labels)].join(" ")),
  };
  const requests: ChatRequest[] = [];
  const wanted: AbortSignal[] = [];
  const taken: ChatRequest[] = [];
  const over = converse(
    {
      ...{ request, messages, untilMs, deadlineMs, thinksAhead, stream, recognizer, clock, metrics },
      settings: { waitMs: 4_000, idleMs: 15_000 },
      mouth: createMouth({ stream, voice, clock, speaker: {}, onSpeaks: () => {} }, signal),
      reminder() {
        log.push("says One moment, please.");
        return new Uint8Array(32 * SENTENCE_MS);
      },
      engine: {
        opens: () => opens,
        isFreeToAsk: () => isFreeToAsk,
        confirm: async () => {},
        hints: () => [],
        reply(asked, still) {
          requests.push(asked);
          wanted.push(still);
          return think(asked.history.at(-1)?.text ?? "", asked);
        },
      },
      check: (list) => (Array.isArray(list) && list.every(isAction) ? list : "actions[0]: unknown type"),
      onTrouble: ({ fault }) => void log.push(`trouble ${fault}`),
      onMisheard: ({ provider, fault }) => void log.push(`misheard ${provider} ${fault}`),
      onTaken: (asked) => void taken.push(asked),
      async store(next, facts) {
        stored.messages = next;
        stored.facts.push(...facts);
      },
    },
    signal,
  );
  const result: { value?: DialogueEnd; error?: unknown } = {};
  over.then(
    (value) => {
      stored.messages = value.messages;
      stored.facts.push(...value.facts);
      Object.assign(result, { value });
    },
    (error: unknown) => Object.assign(result, { error }),
  );
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  await settled();

  const hear = async (frame: Uint8Array, count: number) => {
    for (let index = 0; index < count; index += 1) line.say(frame);
    await settled();
  };
  async function pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 100) {
      nowMs += Math.min(100, left);
      for (const look of [...sleepers]) look();
      await settled();
    }
  }
  return {
    log,
    requests,
    /** Requests of which the engine is told that what it said to them ahead was taken. */
    taken,
    measured,
    /** Whether each request still wants its reply. */
    isWanted: () => wanted.map(({ aborted }) => !aborted),
    /** Whether sound has been sent to the caller. */
    isHeard: () => heardAtMs > 0,
    line,
    over,
    hangup: () => hangup.abort(new Error("hung up")),
    result,
    messages: () => stored.messages.map(({ role, text, interrupted }) => `${role}: ${text}${interrupted ? " …" : ""}`),
    facts: () => stored.facts.map(([type]) => type),
    said: () => log.filter((entry) => entry.startsWith("says ")).map((entry) => entry.slice(5)),
    pass,
    /** The caller makes sound that is a voice, and is silent then. */
    voice: async (isOver = true) => {
      await hear(VOICE, 10);
      if (isOver) await hear(FRAME, 20);
    },
    /** The caller says this, and is understood. */
    async say(text: string) {
      await hear(VOICE, 10);
      await hear(FRAME, 20);
      recognizer.listenings[0]?.understand(text);
      await settled();
      await settled();
    },
    /** The caller says this and is silent for a moment; whether that is all is not certain. */
    async pauses(text: string) {
      await hear(VOICE, 10);
      await hear(FRAME, 10);
      recognizer.listenings[0]?.understand(text, { isFinal: false });
      await settled();
      await settled();
    },
    /** The caller has gone on being silent, and this was it. */
    async ceases(text: string) {
      await hear(FRAME, 10);
      recognizer.listenings[0]?.understand(text);
      await settled();
      await settled();
    },
    recognizer,
    async ends(): Promise<Pick<DialogueEnd, "result" | "actions">> {
      await eventually("the end", async () => {
        await pass(100);
        return "value" in result || "error" in result;
      });
      const { result: ended, actions } = await over;
      return { result: ended, actions };
    },
  };
}

const isAction = (action: unknown): action is Action =>
  typeof action === "object" && action !== null && "type" in action && action.type !== "nonsense";
