/** Talks with chatbots: the caller speaks in tones, which the recognizer knows as words; the voice of the chatbot is tones. */
import { createServer } from "node:http";
import { text as textOf } from "node:stream/consumers";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { startEndpointServer } from "../../contract/endpoint-server.ts";
import { startPollyServer } from "../../contract/polly-server.ts";
import { type Call, tonesHeard } from "../../support/call.ts";
import { startChatServer } from "../../support/chat-server.ts";
import { listenToEvents } from "../../support/event-client.ts";
import { eventually } from "../../support/eventually.ts";
import { DIALS_ASTERISK, type FlowAction, startLab } from "../../support/lab.ts";
import { nextAddress } from "../../support/loopback.ts";
import { silence, tone } from "../../support/tones.ts";
import { aftermathOf, crash, prompt, stored } from "./support.ts";

const KEY = "AKIDEXAMPLE";
const whisper = await startEndpointServer(nextAddress());
const amazon = await startPollyServer(nextAddress(), KEY);
const model = await startChatServer(nextAddress(), () => ["850."]);
afterAll(() => {
  for (const server of [whisper, amazon, model]) server.close();
});
const lab = await startLab({
  environment: {
    ...DIALS_ASTERISK,
    ...{ RINGDOWN_STT_LOCAL_URL: whisper.url, RINGDOWN_STT_PROVIDERS: "local" },
    ...{ RINGDOWN_AWS_ENDPOINT: amazon.endpoint, RINGDOWN_TTS_PROVIDERS: "aws" },
    ...{ AWS_ACCESS_KEY_ID: KEY, AWS_SECRET_ACCESS_KEY: "not-a-secret", AWS_REGION: "eu-central-1" },
    ...{ RINGDOWN_CHATBOT_WAIT_MS: "3000", RINGDOWN_CHATBOT_DEADLINE_MS: "6000" },
  },
});

const [HELLO, YES, GOODBYE] = [440, 850, 1_100];
const [PROMPT, SORRY] = [1_400, 1_700];
const TONE_MS = 600;
const LONG_MS = 20_000;
/** A sentence names its tone; those of Ringdown's own have one that no chatbot uses. */
const toneOf = (sentence: string): number => Number(/\d{3,4}/.exec(sentence)?.[0] ?? SORRY);
amazon.sendAtPace({
  sound: (sentence) => {
    const ms = sentence.includes("long") ? LONG_MS : TONE_MS;
    return Buffer.concat([Buffer.from(tone(toneOf(sentence), ms, 16_000).buffer), Buffer.alloc(6_400)]);
  },
  ...{ bytes: 640_000, everyMs: 0 },
});

const WORD = 620;
const OTHER_WORD = 2_050;
const speak = (call: Call, frequency: number, ms = 500): Promise<void> => call.say(tone(frequency, ms));

const talk = (chatbot_id: string, option: object = {}): FlowAction => ({
  type: "chatbot_talk",
  option: { chatbot_id, ...option },
});
const made = async (body: object): Promise<string> => (await lab.api.post("/chatbots", body)).id;

const talkSchema = z.looseObject({
  status: z.string(),
  end_reason: z.string().nullable(),
  messages: z.array(z.looseObject({ role: z.string(), text: z.string(), interrupted: z.boolean().optional() })),
});
/** The talk of the call to a number. */
async function talkOf(number: string) {
  const { id } = await lab.recordOf(number);
  const [found] = await lab.api.list(`/chatbotcalls?reference_id=${id}`);
  return talkSchema.parse(found);
}
const said = ({ messages }: z.infer<typeof talkSchema>) => messages.map(({ role, text }) => `${role}: ${text}`);

test("a scripted one opens the talk, answers, and goes on with its actions; keys still count", async () => {
  const chatbot = await made({
    engine_type: "script",
    init_prompt: `${HELLO}.`,
    script: [
      { match: `tone ${WORD}`, reply: `${YES}.` },
      { match: `tone ${OTHER_WORD}`, reply: [prompt(lab, GOODBYE)] },
    ],
  });
  using client = await listenToEvents(lab.ringdown.api.base, lab.ringdown.api.key);
  await client.subscribe("chatbotcall_*");
  const call = await lab.call([talk(chatbot), prompt(lab, PROMPT)]);
  await call.heard(HELLO);
  await speak(call, WORD);
  await call.heard(YES);
  await call.press("7");
  await call.quiet(300);
  await speak(call, OTHER_WORD);
  await call.ended(20_000);
  expect(tonesHeard(call)).toEqual([HELLO, YES, GOODBYE, PROMPT]);
  const ended = await talkOf(call.number);
  expect(ended).toMatchObject({ status: "end", end_reason: "actions" });
  expect(said(ended)).toEqual([
    `assistant: ${HELLO}.`,
    `user: tone ${WORD}`,
    `assistant: ${YES}.`,
    `user: tone ${OTHER_WORD}`,
  ]);
  const { variables, facts } = await aftermathOf(lab, call.number);
  expect(variables).toMatchObject({
    "voipbin.chatbot.reply": `${YES}.`,
    "voipbin.chatbot.result": "actions",
    "voipbin.call.digits": "7",
  });
  expect(facts("chatbot_ended")).toMatchObject([{ result: "actions" }]);
  const { data } = await client.event("chatbotcall_ended", { end_reason: "actions" });
  expect(data.messages).toEqual(ended.messages);
  const told = client.events.filter(({ data: { id } }) => id === data.id).map(({ type }) => type.slice(12));
  expect(told).toEqual(["created", "updated", "updated", "updated", "updated", "ended"]);
});

test("a model is heard from its first sentence on, and told all that was said", async () => {
  let isDone = false;
  model.thinkWith(({ messages }) => {
    if (messages.length > 2) return [`${GOODBYE}.`];
    isDone = false;
    setTimeout(() => (isDone = true), 2_500);
    return [`${HELLO}. `, `${YES}`, 2_500, ". "];
  });
  const chatbot = await made({ engine_type: "openai", engine_url: model.url, engine_key: "sk-1", engine_model: "m" });
  const call = await lab.call([talk(chatbot)]);
  await call.answered();
  await speak(call, WORD);
  await call.heard(HELLO);
  expect(isDone).toBe(false);
  await call.heard(YES);
  await call.quiet(400);
  await speak(call, OTHER_WORD);
  await call.heard(GOODBYE);
  await call.hangup();
  expect(model.asked.at(-1)).toMatchObject({
    model: "m",
    authorization: "Bearer sk-1",
    messages: [
      { role: "user", content: `tone ${WORD}` },
      { role: "assistant", content: `${HELLO}. ${YES}.` },
      { role: "user", content: `tone ${OTHER_WORD}` },
    ],
  });
  model.thinkWith();
  await eventually("its end", async () => (await talkOf(call.number)).end_reason === "hangup");
  expect((await aftermathOf(lab, call.number)).variables).toMatchObject({
    "voipbin.chatbot.result": "hangup",
    "voipbin.chatbot.reply": `${GOODBYE}.`,
    "voipbin.tts.provider": "aws",
  });
});

test("a caller who pauses is thought about meanwhile, and answered once, to all that was said", async () => {
  model.thinkWith(() => [`${YES}.`]);
  const chatbot = await made({ engine_type: "openai", engine_url: model.url });
  const before = model.asked.length;
  const call = await lab.call([talk(chatbot)]);
  await call.answered();
  await call.say(Int16Array.from([...tone(WORD, 500), ...silence(320), ...tone(OTHER_WORD, 500)]));
  await call.heard(YES);
  expect(model.asked.slice(before).map(({ messages }) => messages.at(-1)?.content)).toEqual([
    `tone ${WORD}`,
    `tone ${WORD} tone ${OTHER_WORD}`,
  ]);
  await stored(lab, call.number, "chatbot_replied");
  expect(said(await talkOf(call.number))).toEqual([`user: tone ${WORD} tone ${OTHER_WORD}`, `assistant: ${YES}.`]);
  expect(tonesHeard(call)).toEqual([YES]);
  model.thinkWith();
  await call.hangup();
});

const askedSchema = z.looseObject({ text: z.string(), request_id: z.string() });
/** A server of the user's that opens a talk, and ends it with its answer. */
function startWebhook() {
  const bodies: z.infer<typeof askedSchema>[] = [];
  const address = nextAddress();
  const own = createServer(async (request, response) => {
    const body = askedSchema.parse(JSON.parse(await textOf(request)));
    bodies.push(body);
    response.end(JSON.stringify(body.text === "" ? { reply: `${HELLO}.` } : { reply: `${YES}.`, end: true }));
  }).listen(8_100, address);
  return {
    bodies,
    engine: { engine_type: "webhook", engine_url: `http://${address}:8100/bot` },
    close: () => own.close(),
  };
}

test("a server of the user's is asked, speaks, and ends the talk", async () => {
  const before = amazon.requests.length;
  const { bodies, engine, close } = startWebhook();
  const chatbot = await made(engine);
  const call = await lab.call([talk(chatbot, { language: "de-DE", gender: "male" }), prompt(lab, PROMPT)]);
  await call.heard(HELLO);
  await speak(call, WORD);
  await call.ended(20_000);
  close();
  expect(tonesHeard(call)).toEqual([HELLO, YES, PROMPT]);
  // What would tell the caller to wait is made too.
  expect(amazon.requests.slice(before).map(({ VoiceId }) => VoiceId)).toEqual(["Hans", "Hans", "Hans"]);
  expect(bodies).toMatchObject([
    { text: "", language: "de-DE", is_final: true },
    { text: `tone ${WORD}`, history: [{}, {}], is_final: true },
  ]);
  expect(await talkOf(call.number)).toMatchObject({ end_reason: "over" });
});

test("a server of the user's that may be asked ahead is, and told what of that counts", async () => {
  const { bodies, engine, close } = startWebhook();
  const chatbot = await made({ ...engine, thinks_ahead: true });
  const call = await lab.call([talk(chatbot)]);
  await call.heard(HELLO);
  await call.quiet(300);
  await call.say(Int16Array.from([...tone(WORD, 500), ...silence(320), ...tone(OTHER_WORD, 500)]));
  await call.ended(20_000);
  await eventually("all is told", () => bodies.length === 4);
  close();
  const [begun, all] = [`tone ${WORD}`, `tone ${WORD} tone ${OTHER_WORD}`];
  expect(bodies).toMatchObject([
    { text: "", is_final: true },
    { text: begun, is_final: false },
    { text: all, is_final: false },
    { text: all, is_final: true, request_id: bodies[2]?.request_id },
  ]);
  expect(tonesHeard(call)).toEqual([HELLO, YES]);
  expect(said(await talkOf(call.number))).toEqual([`assistant: ${HELLO}.`, `user: ${all}`, `assistant: ${YES}.`]);
});

test("the caller who speaks silences the chatbot, and is answered", async () => {
  model.thinkWith(({ messages }) => [messages.length > 1 ? `${GOODBYE}.` : `${YES} long.`]);
  const chatbot = await made({ engine_type: "openai", engine_url: model.url });
  const call = await lab.call([talk(chatbot)]);
  await call.answered();
  await speak(call, WORD);
  await call.heard(YES);
  await call.quiet(0);
  const beganMs = call.story.nowMs();
  await speak(call, OTHER_WORD);
  await call.heard(GOODBYE);
  const silentMs = call
    .tones()
    .filter(({ frequency }) => frequency === YES)
    .at(-1);
  if (!silentMs) throw new Error("it was not heard");
  // Promised are 250 ms on a machine that has time.
  expect(silentMs.startMs + silentMs.durationMs - beganMs).toBeLessThan(450);
  expect((await talkOf(call.number)).messages).toMatchObject(
    [
      { role: "user" },
      { role: "assistant", text: `${YES} long.`, interrupted: true },
      { role: "user", text: `tone ${OTHER_WORD}` },
      {},
    ].slice(0, 3),
  );
  model.thinkWith();
  await call.hangup();
});

test("a model that fails is asked once more, the caller told so; then the flow goes on", async () => {
  model.thinkWith(() => ({ status: 500 }));
  const chatbot = await made({ engine_type: "openai", engine_url: model.url });
  const before = model.asked.length;
  const call = await lab.call([talk(chatbot), prompt(lab, PROMPT)]);
  await call.answered();
  await speak(call, WORD);
  await call.ended(20_000);
  model.thinkWith();
  expect(tonesHeard(call)).toEqual([SORRY, PROMPT]);
  expect(model.asked.length - before).toBe(2);
  const { variables, facts } = await aftermathOf(lab, call.number);
  expect(variables).toMatchObject({ "voipbin.chatbot.result": "failed" });
  const told = { engine: "openai", fault: "unavailable", remedy: expect.stringContaining("engine_url") };
  expect(facts("chatbot_failed")).toMatchObject([told, told]);
  const measures = await (await fetch(`http://${lab.asterisk.address}:8081/metrics`)).text();
  expect(measures).toContain('ringdown_chatbot_failures_total{engine="openai",fault="unavailable"} 2');
  expect(measures).toContain('ringdown_chatbot_talks_total{engine="openai",reason="failed"} 1');
});

test("nobody understands the caller: told with provider, cause and remedy, and to the caller; the flow goes on", async () => {
  const over = await whisper.begin("credentials");
  const chatbot = await made({ engine_type: "script", init_prompt: `${HELLO}.` });
  const call = await lab.call([talk(chatbot), prompt(lab, PROMPT)]);
  await call.answered();
  await call.heard(HELLO);
  await speak(call, WORD);
  await call.ended(20_000);
  await over();
  expect(tonesHeard(call)).toEqual([HELLO, SORRY, PROMPT]);
  const { variables, facts } = await aftermathOf(lab, call.number);
  expect(variables).toMatchObject({ "voipbin.chatbot.result": "failed" });
  expect(facts("transcribe_failed")[0]).toMatchObject({
    chatbotcall_id: expect.any(String),
    provider: "local",
    fault: "credentials",
    remedy: expect.any(String),
  });
  const told = { provider: "local", fault: "credentials", error: expect.any(String), remedy: expect.any(String) };
  expect(facts("chatbot_failed")).toMatchObject([told]);
  const measures = await (await fetch(`http://${lab.asterisk.address}:8081/metrics`)).text();
  expect(measures).toContain('ringdown_transcription_failures_total{provider="local",fault="credentials"}');
});

test("nobody can speak: told with what each provider said, and the flow goes on", async () => {
  const chatbot = await made({ engine_type: "script", init_prompt: `${HELLO} nobody says this.` });
  const over = await amazon.begin("credentials");
  const call = await lab.call([talk(chatbot, { gender: "male" }), prompt(lab, PROMPT)]);
  await call.ended(20_000);
  await over();
  const { variables, facts } = await aftermathOf(lab, call.number);
  expect(variables).toMatchObject({ "voipbin.chatbot.result": "failed", "voipbin.chatbot.reply": "" });
  expect(facts("speech_synthesized")[0]).toMatchObject({
    chatbotcall_id: expect.any(String),
    attempts: [{ provider: "aws", fault: "credentials", remedy: expect.any(String) }],
  });
  expect(tonesHeard(call)).toEqual([PROMPT]);
});

test("its time is up in the middle of a word; one that is not there is recorded, and the flow goes on", async () => {
  const chatbot = await made({ engine_type: "script", init_prompt: `${HELLO} long.` });
  const unknown = "3f2b1c54-6f1e-4c0e-9d0a-0c2f3b9a7e11";
  const call = await lab.call([talk(chatbot, { duration: 3 }), talk(unknown), prompt(lab, PROMPT)]);
  await call.ended(20_000);
  expect([...new Set(tonesHeard(call))]).toEqual([HELLO, PROMPT]);
  expect(await talkOf(call.number)).toMatchObject({ end_reason: "duration" });
  const { variables, facts } = await aftermathOf(lab, call.number);
  expect(facts("action_failed")).toMatchObject([{ error: "ChattingError" }]);
  expect(variables).toMatchObject({ "voipbin.chatbot.result": "failed", "voipbin.chatbot.reply": "" });
});

test("killed in the middle, the talk goes on, and what was said is known", async () => {
  model.thinkWith(({ messages }) => [messages.length > 1 ? `${GOODBYE}.` : `${YES}.`]);
  const chatbot = await made({ engine_type: "openai", engine_url: model.url });
  const [call, leaving] = await Promise.all([lab.call([talk(chatbot)]), lab.call([talk(chatbot)])]);
  await Promise.all([call, leaving].map((each) => each.answered()));
  await speak(call, WORD);
  await call.heard(YES);
  await stored(lab, call.number, "chatbot_replied");
  await lab.ringdown.kill();
  await leaving.hangup();
  await lab.ringdown.start();
  await stored(lab, call.number, "chatbot_started", 2);
  await call.quiet(300);
  await speak(call, OTHER_WORD);
  await call.heard(GOODBYE);
  expect(model.asked.at(-1)?.messages.map(({ content }) => content)).toEqual([
    `tone ${WORD}`,
    `${YES}.`,
    `tone ${OTHER_WORD}`,
  ]);
  await eventually("the end of the other", async () => (await talkOf(leaving.number)).end_reason === "hangup");
  const { variables } = await aftermathOf(lab, leaving.number);
  expect(variables).toMatchObject({ "voipbin.chatbot.result": "hangup", "voipbin.chatbot.reply": "" });
  model.thinkWith();
  await call.hangup();
});

test("killed while it thinks, who was asked answers after all", async () => {
  model.thinkWith(() => [10_000, "x"]);
  const chatbot = await made({ engine_type: "openai", engine_url: model.url });
  const call = await lab.call([talk(chatbot)]);
  await call.answered();
  await speak(call, WORD);
  await stored(lab, call.number, "chatbot_heard");
  model.thinkWith(() => [`${YES}.`]);
  await crash(lab);
  await call.heard(YES, 20_000);
  expect(said(await talkOf(call.number))[0]).toBe(`user: tone ${WORD}`);
  model.thinkWith();
  await call.hangup();
});
