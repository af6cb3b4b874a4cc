/** One step of a flow on hand-made ports: what an action does is read from `log`, time moves only by `passTo`. */
import { actions as catalogue } from "../../src/actions/registry.generated.ts";
import type { ActionDefinition, StepPorts } from "../../src/flow/action.ts";
import type { Outcome } from "../../src/flow/outcome.ts";
import { parseOption } from "../../src/flow/parse-option.ts";
import { validateActions } from "../../src/flow/validate.ts";
import type { Call, CallStatus } from "../../src/model/call.ts";
import type { Conference } from "../../src/model/conference.ts";
import type { Conversation } from "../../src/model/conversation.ts";
import type { Flow } from "../../src/model/flow.ts";
import type { JsonValue } from "../../src/model/json.ts";
import type { Message } from "../../src/model/message.ts";
import type { MachineVerdict } from "../../src/ports/answering-machines.ts";
import type { PlaybackEnd } from "../../src/ports/call-control.ts";
import { RecordingError, type RecordingFault } from "../../src/ports/call-recorder.ts";
import type { ChatEnd } from "../../src/ports/chatting.ts";
import { ConferencingError } from "../../src/ports/conferencing.ts";
import type { ConnectEnd } from "../../src/ports/connector.ts";
import type { FlowAnswer, FlowRequest } from "../../src/ports/flow-requests.ts";
import { type Media, MediaError } from "../../src/ports/media.ts";
import { OutboundError } from "../../src/ports/outbound-http.ts";
import { type Queueing, QueueingError } from "../../src/ports/queueing.ts";
import { type Speech, SpeechError, type SpeechRequest } from "../../src/ports/speech.ts";
import { sampleRecording } from "../contract/storage-samples.ts";

const DIGITS = "voipbin.call.digits";

export type World = {
  readonly startMs?: number;
  readonly variables?: Readonly<Record<string, string>>;
  readonly status?: CallStatus;
  readonly playbackEnd?: PlaybackEnd;
  /** URLs that give no audio. */
  readonly badUrls?: readonly string[];
  readonly isMute?: boolean;
  /** What can be heard of speech while it is being made. */
  readonly sound?: () => AsyncIterable<Uint8Array>;
  /** What servers answer; nobody does when absent. */
  readonly answer?: (request: FlowRequest) => Partial<Omit<FlowAnswer, "body">> & { readonly body?: unknown };
  readonly flows?: Readonly<Record<string, Flow>>;
  /** What the action has left for itself. */
  readonly again?: JsonValue;
  readonly calls?: Readonly<Record<string, Call>>;
  /** Who answered; never known when absent. */
  readonly verdict?: MachineVerdict;
  /** How connections end; nobody answers when absent. */
  readonly connectEnd?: ConnectEnd;
  /** Why nothing is recorded. */
  readonly recordingFault?: RecordingFault;
  /** Conferences that the call may join. */
  readonly conferences?: Readonly<Record<string, Conference>>;
  readonly queues?: Queueing;
  /** How talks with chatbots end; in silence when absent. */
  readonly chatEnd?: ChatEnd;
  /** Ids of recordings of the call. */
  readonly recordings?: readonly string[];
  readonly conversations?: Readonly<Record<string, Conversation>>;
  /** What became of a message that the step waits for. */
  readonly message?: Message;
};

/** A step of this action. `run` may be called again: it is the same step, begun again after a crash. */
export function createStep(
  definition: ActionDefinition,
  written: Readonly<Record<string, unknown>>,
  world: World = {},
) {
  const log: string[] = [];
  const variables = new Map(Object.entries({ [DIGITS]: "", ...world.variables }));
  const memos = new Map<string, JsonValue>();
  const watchers = new Set<() => void>();
  const hangup = new AbortController();
  const requests: FlowRequest[] = [];
  let made = 0;
  let nowMs = world.startMs ?? 0;

  /** Looks at the condition now and after each change. */
  const until = <T>(condition: () => T | undefined, signal: AbortSignal): Promise<T> =>
    new Promise((resolve, reject) => {
      const look = () => {
        const value = condition();
        if (signal.aborted) reject(signal.reason);
        if (signal.aborted || value !== undefined) watchers.delete(look);
        if (value !== undefined) resolve(value);
      };
      watchers.add(look);
      signal.addEventListener("abort", look);
      look();
    });
  const changed = async () => {
    for (const look of [...watchers]) look();
    // Everything that the change set free runs before this.
    await new Promise((resolve) => setImmediate(resolve));
  };

  const nameOf = (media: Media) => (media.kind === "builtin" ? media.uri : media.id);
  const received = () => variables.get(DIGITS) ?? "";
  const party = { type: "tel", target: "+15550001" } as const;
  async function speak({ text, language, provider, voice }: SpeechRequest): Promise<Speech> {
    log.push(["speech", provider, voice, language, text].filter(Boolean).join(" "));
    if (world.isMute) throw new SpeechError([{ provider: "local", latencyMs: 1, error: "mute" }], "nobody speaks");
    const attempts = [{ provider: "local", latencyMs: 1 }];
    return { media: { kind: "audio", id: "speech" }, provider: "local", attempts };
  }
  const ports: StepPorts = {
    clock: {
      now: () => nowMs,
      sleepUntil: (atMs, signal) => until(() => (nowMs >= atMs ? true : undefined), signal).then(() => undefined),
    },
    call: {
      id: "call",
      direction: "incoming",
      source: party,
      destination: party,
      status: world.status ?? "ringing",
      answer: async () => void log.push("call.answer"),
      async play(media, choice = {}) {
        log.push(`call.play ${media.map(nameOf).join(" ")}${choice.untilDigit ? " until a digit" : ""}`);
        return world.playbackEnd ?? "finished";
      },
      async say(speech, choice = {}) {
        const what = "media" in speech ? nameOf(speech.media) : "speech in the making";
        log.push(`call.say ${what}${choice.untilDigit ? " until a digit" : ""}`);
        if ("sound" in speech) for await (const _ of speech.sound) log.push("heard");
        return world.playbackEnd ?? "finished";
      },
      async sendDigits({ digits, durationMs, intervalMs }) {
        log.push(`call.sendDigits ${digits} ${durationMs}/${intervalMs}`);
      },
      async echo() {
        log.push("call.echo");
        return { [Symbol.asyncDispose]: async () => void log.push("call.echo ends") };
      },
    },
    digits: {
      get received() {
        return received();
      },
      clear: () => void variables.set(DIGITS, ""),
      next(signal) {
        const before = received().length;
        return until(() => received()[before], signal);
      },
    },
    machines: {
      begin: async (hangUp) => void log.push(`machines.begin${hangUp ? " and hang up" : ""}`),
      verdict: (signal) => until(() => world.verdict, signal),
    },
    connector: {
      async connect({ source, destinations, earlyMedia, ringMs }) {
        const whom = destinations.map(({ type, target }) => `${type}:${target}`).join(" ");
        const how = [source ? `as ${source.target}` : "", earlyMedia ? "with early media" : "", `for ${ringMs} ms`];
        log.push(["connector.connect", whom, ...how.filter((part) => part !== "")].join(" "));
        return world.connectEnd ?? { kind: "unanswered", reason: "noanswer", cause: 19 };
      },
    },
    externalMedia: {
      start: async (order) => void log.push(`externalMedia.start ${JSON.stringify(order)}`),
      async stop() {
        log.push("externalMedia.stop");
        return 1;
      },
    },
    recorder: {
      async start({ format, channels, endOfSilence, endOfKey, duration }) {
        log.push(`recorder.start ${format} ${channels} silence ${endOfSilence} key ${endOfKey} for ${duration}`);
        if (world.recordingFault) throw new RecordingError(world.recordingFault, `it is ${world.recordingFault}`);
        return sampleRecording();
      },
      async stop() {
        log.push("recorder.stop");
        return undefined;
      },
    },
    originator: { place: async (calls) => void log.push(`originator.place ${JSON.stringify(calls)}`) },
    variables: {
      get: (name) => variables.get(name),
      set: (name, value) => void variables.set(name, value),
      setAll(values) {
        for (const [name, value] of values) variables.set(name, value);
      },
      remove(names) {
        for (const name of names) variables.delete(name);
      },
      all: () => Object.fromEntries(variables),
    },
    timeline: { add: (type, data) => void log.push(`${type} ${JSON.stringify(data)}`) },
    speech: {
      speak,
      async begin(request) {
        const spoken = await speak(request);
        return world.sound ? { provider: spoken.provider, attempts: spoken.attempts, sound: world.sound() } : spoken;
      },
    },
    media: {
      async fetch(url) {
        if (world.badUrls?.includes(url)) throw new MediaError(url, "not_found", "404");
        return { kind: "audio", id: url };
      },
    },
    http: {
      async send(request) {
        log.push(`http ${request.method} ${request.url}`);
        requests.push(request);
        if (!world.answer) throw new OutboundError(new URL(request.url).host, "unreachable", "nobody is there");
        const { body = "", ...answer } = world.answer(request);
        const text = typeof body === "string" ? body : JSON.stringify(body);
        return { status: 200, tries: 1, ...answer, body: Buffer.from(text) };
      },
    },
    outbox: { add: (request) => void log.push(`outbox ${JSON.stringify(request)}`) },
    messages: {
      add(order) {
        log.push(`messages ${JSON.stringify(order)}`);
        return "message";
      },
      settled: async () => world.message,
    },
    conversations: { find: async (id) => world.conversations?.[id] },
    flows: { find: async (id) => world.flows?.[id] },
    calls: { find: async (id) => world.calls?.[id] },
    conferencing: {
      async find(id) {
        const conference = world.conferences?.[id];
        if (!conference) throw new ConferencingError("locked", `nobody may join ${id}`, "unlock it");
        return conference;
      },
      async join(confbridgeId) {
        log.push(`conferencing.join ${confbridgeId}`);
        return "ended";
      },
    },
    recordingTranscriber: {
      plan: async () => (world.recordings ?? []).map((id) => ({ id: `of ${id}`, recording_id: id })),
      begin: async (planned, order) => {
        const ids = planned.map(({ id }) => id).join();
        log.push(`recordingTranscriber.begin ${ids} ${JSON.stringify(order)}`);
      },
    },
    transcribing: {
      newId: () => "transcribe-id",
      start: async (id, order) => void log.push(`transcribing.start ${id} ${JSON.stringify(order)}`),
      stop: async () => void log.push("transcribing.stop"),
    },
    queues: world.queues ?? {
      newId: () => "queuecall",
      join: (queueId) => Promise.reject(new QueueingError(`there is no queue ${queueId}`, "make it")),
    },
    chatbots: {
      newId: () => "chatbotcall",
      async talk(order) {
        log.push(`chatbots.talk ${JSON.stringify(order)}`);
        return world.chatEnd ?? { result: "silence", reply: "", actions: [] };
      },
    },
    check: (list) => validateActions(list, { catalogue, nextId: () => `made-${++made}` }),
  };

  return {
    log,
    /** What was asked of servers. */
    requests,
    variables,
    memos,
    /** What would be stored: the step as it is, when it begins again. */
    async run(): Promise<Outcome> {
      if (!definition.run) throw new Error(`${definition.type} has no run`);
      const option = parseOption(definition, written, ports.variables);
      return await definition.run({
        ...ports,
        option,
        stepId: "step",
        startedAtMs: world.startMs ?? 0,
        again: world.again,
        signal: hangup.signal,
        async memo<T extends JsonValue>(key: string, make: () => T | Promise<T>) {
          if (memos.has(key)) return memos.get(key) as T;
          const value = await make();
          memos.set(key, JSON.parse(JSON.stringify(value)));
          return value;
        },
      });
    },
    async passTo(atMs: number): Promise<void> {
      nowMs = atMs;
      await changed();
    },
    async press(digits: string): Promise<void> {
      for (const digit of digits) {
        variables.set(DIGITS, received() + digit);
        await changed();
      }
    },
    hangUp: (reason = new Error("hangup")) => hangup.abort(reason),
  };
}

/** What a promise has come to so far; undefined while it has not settled. */
export function watch<T>(promise: Promise<T>): { readonly value: T | undefined } {
  const seen: { value: T | undefined } = { value: undefined };
  promise.then(
    (value) => {
      seen.value = value;
    },
    () => undefined,
  );
  return seen;
}
