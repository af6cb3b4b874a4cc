/** Providers that accept and then say nothing: the caller is not left in silence, and the timeline tells who, why and what to do. */
import { once } from "node:events";
import { createServer } from "node:net";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, afterEach, expect, onTestFinished, test } from "vitest";
import { startEndpointServer } from "../contract/endpoint-server.ts";
import { startPollyServer } from "../contract/polly-server.ts";
import { startS3Server } from "../contract/s3-server.ts";
import { type Call, tonesHeard } from "../support/call.ts";
import { startChatServer } from "../support/chat-server.ts";
import { type FlowAction, startLab } from "../support/lab.ts";
import { nextAddress } from "../support/loopback.ts";
import { tone } from "../support/tones.ts";
import { aftermathOf, prompt, stored } from "./actions/support.ts";
import { record, recordingOf, stopRecording } from "./support/recorded.ts";

const KEY = "AKIDEXAMPLE";
/** How long a caller may wait for a chatbot in silence, and for speech. */
const [WAIT_MS, SILENCE_MS] = [1_000, 5_000];
/** What a busy machine needs besides, and what the switch keeps back. */
const MARGIN_MS = 800;
const whisper = await startEndpointServer(nextAddress());
const amazon = await startPollyServer(nextAddress(), KEY);
const model = await startChatServer(nextAddress(), () => [60_000]);
const muteHost = `${nextAddress()}:8100`;
const mute = createServer((socket) => void socket.on("error", () => {}).resume());
mute.listen({ host: muteHost.split(":")[0], port: 8_100 });
await once(mute, "listening");
afterAll(() => {
  for (const server of [whisper, amazon, model, mute]) server.close();
});
const s3 = await startS3Server();
afterAll(() => s3.close());
await new S3Client({
  ...{ credentials: { accessKeyId: KEY, secretAccessKey: "not-a-secret" }, region: "eu-central-1" },
  ...{ endpoint: s3.endpoint, forcePathStyle: true },
}).send(new CreateBucketCommand({ Bucket: "calls" }));
const lab = await startLab({
  environment: {
    ...{ RINGDOWN_RECORDINGS_URL: "s3://calls/kept", RINGDOWN_RECORDINGS_S3_ENDPOINT: s3.endpoint },
    RINGDOWN_RECORDINGS_S3_PATH_STYLE: "true",
    ...{ RINGDOWN_STT_LOCAL_URL: whisper.url, RINGDOWN_STT_PROVIDERS: "local", RINGDOWN_STT_LOCAL_DEADLINE_MS: "1000" },
    ...{ RINGDOWN_AWS_ENDPOINT: amazon.endpoint, RINGDOWN_TTS_PROVIDERS: "aws,local" },
    ...{ AWS_ACCESS_KEY_ID: KEY, AWS_SECRET_ACCESS_KEY: "not-a-secret", AWS_REGION: "eu-central-1" },
    ...{ RINGDOWN_CHATBOT_WAIT_MS: String(WAIT_MS), RINGDOWN_CHATBOT_DEADLINE_MS: "2500" },
    ...{
      RINGDOWN_TTS_SILENCE_MS: String(SILENCE_MS),
      RINGDOWN_URL_DEADLINE_MS: "400",
      RINGDOWN_PLAY_DEADLINE_MS: "400",
    },
  },
});

const [HELLO, YES, PROMPT, OURS] = [440, 850, 1_400, 1_700];
const WORD = 620;
const MUTE = "Unspeakable";
/** What is sent at once; a sentence that gets stuck is longer. */
const PIECE_MS = 800;
const sendAtPace = (everyMs: number) =>
  amazon.sendAtPace({
    sound: (sentence) => {
      const hz = Number(/\d{3,4}/.exec(sentence)?.[0] ?? OURS);
      return Buffer.from(tone(hz, sentence.includes("stuck") ? 2 * PIECE_MS : PIECE_MS / 2, 16_000).buffer);
    },
    ...{ bytes: PIECE_MS * 32, everyMs },
    isMute: ({ Text, VoiceId }) => VoiceId === "Matthew" || Text.startsWith(MUTE),
  });
sendAtPace(0);
afterEach(() => sendAtPace(0));

const made = async (body: object): Promise<string> => (await lab.api.post("/chatbots", body)).id;
const talk = (chatbot_id: string, option: object = {}): FlowAction => ({
  type: "chatbot_talk",
  option: { chatbot_id, ...option },
});

/** The longest silence that a call heard since then, up to its last sound. */
function longestSilenceMs(call: Call, sinceMs = call.story.answeredMs() ?? 0): number {
  let longestMs = 0;
  for (let atMs = sinceMs; ; ) {
    const nextMs = call.soundAfterMs(atMs);
    if (nextMs === undefined) return longestMs;
    longestMs = Math.max(longestMs, nextMs - atMs);
    atMs = nextMs;
  }
}
const remedy = expect.stringMatching(/\w+ \w+/);

test("an engine: the caller is told to wait, again and again, then sorry; it is asked twice, and the flow goes on", async () => {
  const engines = [
    { engine_type: "openai", engine_url: model.url, init_prompt: "Say hello." },
    { engine_type: "webhook", engine_url: `http://${muteHost}/` },
  ];
  await Promise.all(
    engines.map(async (engine) => {
      const call = await lab.call([talk(await made(engine)), prompt(lab, PROMPT)]);
      await call.ended(20_000);
      expect(longestSilenceMs(call)).toBeLessThan(WAIT_MS + MARGIN_MS);
      expect(new Set(tonesHeard(call))).toEqual(new Set([OURS, PROMPT]));
      const { facts, variables } = await aftermathOf(lab, call.number);
      const told = { engine: engine.engine_type, fault: "timeout", error: expect.any(String), remedy };
      expect(facts("chatbot_failed")).toMatchObject([told, told]);
      expect(variables).toMatchObject({ "voipbin.chatbot.result": "failed" });
    }),
  );
});

test("a recognizer: the caller is asked to say it again, and understood when it is back", async () => {
  const over = await whisper.begin("stall");
  const chatbot = await made({
    engine_type: "script",
    init_prompt: `${HELLO}.`,
    script: [{ match: `tone ${WORD}`, reply: `${YES}.` }],
  });
  const transcribe = { type: "transcribe_start", option: { direction: "in" } };
  const call = await lab.call([{ type: "answer" }, transcribe, talk(chatbot), prompt(lab, PROMPT)]);
  await call.heard(HELLO);
  await call.quiet(300);
  await call.say(tone(WORD, 500));
  const saidMs = call.story.nowMs();
  const { startMs } = await call.heard(OURS);
  expect(startMs - saidMs).toBeLessThan(WAIT_MS + MARGIN_MS);
  await stored(lab, call.number, "transcribe_failed", 2);
  await over();
  await call.heard(YES, 20_000);
  await call.hangup();
  const { facts } = await aftermathOf(lab, call.number);
  const failed = { provider: "local", fault: "timeout", error: expect.any(String), remedy };
  const told = facts("transcribe_failed");
  for (const fact of told) expect(fact).toMatchObject(failed);
  for (const about of ["transcribe_id", "chatbotcall_id"]) expect(told.some((fact) => about in fact)).toBe(true);
});

test("servers of the flow's owner: each is given up after its deadline, told with what to do, and the flow goes on", async () => {
  const url = `http://${muteHost}/`;
  const call = await lab.call([
    prompt(lab, HELLO),
    { type: "answer" },
    { type: "fetch", option: { event_url: url } },
    { type: "webhook_send", option: { uri: url, sync: true } },
    { type: "external_media_start", option: { external_host: `ws://${muteHost}/` } },
    { type: "play", option: { stream_urls: [`${url}a.wav`] } },
    prompt(lab, PROMPT),
  ]);
  await call.ended(20_000);
  expect(tonesHeard(call)).toEqual([HELLO, PROMPT]);
  expect(longestSilenceMs(call)).toBeLessThan(4 * 400 + 2 * MARGIN_MS);
  const { facts } = await aftermathOf(lab, call.number);
  const told = { host: muteHost, message: expect.any(String), remedy };
  expect(facts("action_failed")).toMatchObject([
    { action: "fetch", fault: "timeout", ...told },
    { action: "webhook_send", fault: "timeout", ...told },
    { action: "external_media_start", fault: "unreachable", ...told },
    { action: "play" },
  ]);
  expect(facts("media_failed")).toMatchObject([{ host: muteHost, reason: "timeout", remedy }]);
});

test("recordings: one whose bucket is away, that is not finished, not stopped, or refused, is told in time; the rest plays", async () => {
  const play = (url: string, hz: number): FlowAction => ({
    type: "play",
    option: { stream_urls: [url, lab.audio.tone(hz, 240)] },
  });
  const own = "${voipbin.recording.url}";
  const kept = await lab.call([{ type: "answer" }, record(), prompt(lab, HELLO), stopRecording]);
  await kept.ended();
  const { id } = await recordingOf(lab, kept.number);
  const url = `${lab.api.base}/v1.0/recordings/${id}/file`;

  const goOn = s3.stall();
  onTestFinished(goOn);
  const recorded = (...actions: readonly FlowAction[]) => [record(), prompt(lab, HELLO), ...actions];
  const away = await lab.call([
    ...[{ type: "answer" }, prompt(lab, HELLO), play(url, YES)],
    ...recorded(stopRecording, play(own, OURS)),
    ...recorded(play(own, PROMPT), stopRecording),
  ]);
  await away.ended(20_000);
  expect(tonesHeard(away)).toEqual([HELLO, YES, HELLO, OURS, HELLO, PROMPT]);
  expect(longestSilenceMs(away)).toBeLessThan(400 + MARGIN_MS);
  const told = (await aftermathOf(lab, away.number)).facts;
  const late = { reason: "timeout", remedy: expect.stringContaining("RINGDOWN_PLAY_DEADLINE_MS") };
  expect(told("media_failed")).toMatchObject([
    { ...late, message: expect.stringContaining("storage") },
    { ...late, message: expect.stringContaining("not finished") },
    { reason: "not_finished", message: expect.stringContaining("not been stopped"), remedy },
  ]);
  expect(told("action_failed")).toEqual([]);

  goOn();
  await s3.checkKeys(true);
  const refused = await lab.call([{ type: "answer" }, play(url, PROMPT)]);
  await refused.ended();
  await s3.checkKeys(false);
  expect(tonesHeard(refused)).toEqual([PROMPT]);
  expect((await aftermathOf(lab, refused.number)).facts("media_failed")).toMatchObject([
    {
      reason: "refused",
      message: expect.stringContaining("InvalidAccessKeyId"),
      remedy: expect.stringMatching(/AWS_/),
    },
  ]);
});

test("speech: the caller is told to wait, and another voice says it, all of it", async () => {
  sendAtPace(60_000);
  const plainTalk = (text: string) =>
    lab.call([{ type: "talk", option: { text, provider: "aws" } }, prompt(lab, PROMPT)]);
  const chatbotTalk = async (text: string, option: object = {}) => {
    const chatbot = await made({ engine_type: "script", init_prompt: text });
    return lab.call([talk(chatbot, { duration: 5, ...option }), prompt(lab, PROMPT)]);
  };
  const [muteTalk, muteChatbot, stuckTalk, stuckChatbot] = await Promise.all([
    plainTalk(`${MUTE} words.`),
    chatbotTalk("How do you do?", { gender: "male" }),
    plainTalk(`${YES} gets stuck.`),
    chatbotTalk(`${HELLO} gets stuck.`),
  ]);
  const all = [muteTalk, muteChatbot, stuckTalk, stuckChatbot];
  await Promise.all(all.map((call) => call.ended(20_000)));
  for (const call of [muteTalk, stuckTalk]) expect(longestSilenceMs(call)).toBeLessThan(SILENCE_MS + MARGIN_MS);

  // Who would tell to wait is mute as well.
  const remindedMs = (muteChatbot.soundAfterMs(0) ?? 0) - (muteChatbot.story.answeredMs() ?? 0);
  expect(remindedMs).toBeGreaterThan(WAIT_MS / 2);
  expect(remindedMs).toBeLessThan(WAIT_MS + MARGIN_MS);
  expect(tonesHeard(stuckChatbot).slice(0, 2)).toEqual([HELLO, OURS]);
  const [helloMs = 0, oursMs = 0] = stuckChatbot.tones().map(({ startMs }) => startMs);
  expect(oursMs - helloMs).toBeLessThan(PIECE_MS + WAIT_MS + MARGIN_MS);

  const failed = { provider: "aws", fault: "timeout", error: expect.any(String), remedy };
  const others = { provider: "local", attempts: [failed, { provider: "local" }] };
  const begun = { provider: "aws", attempts: [{ provider: "aws", streamed: true }] };
  const told = await Promise.all(all.map(async ({ number }) => (await aftermathOf(lab, number)).facts));
  expect(told.map((facts) => facts("speech_synthesized"))).toMatchObject([
    [others],
    [others, others],
    [begun, others],
    [begun, others],
  ]);
  for (const facts of told) expect(facts("action_failed")).toEqual([]);
});
