/** What `voipbin.chatbot.*` and `voipbin.tts.provider` say, however a talk comes to its end, also to the flow that follows. */
import { beforeEach, expect, test } from "vitest";
import type { Action } from "../../../src/model/action.ts";
import type { ChatEngine } from "../../../src/ports/chatbot.ts";
import { SpeechError, type Voice } from "../../../src/ports/speech.ts";
import type { SpeechRecognizer } from "../../../src/ports/speech-recognition.ts";
import { RecognitionError } from "../../../src/ports/speech-recognition.ts";
import { eventually } from "../../support/eventually.ts";
import { fakeSpeechRecognizer } from "../fake-speech-recognizer.ts";
import { arriveFollowed, toldAfter } from "../followed-run.ts";
import { type Meeting, newMeeting } from "../meeting.ts";
import { leave } from "../one-call.ts";

let meeting: Meeting;
beforeEach(async () => {
  meeting = await newMeeting();
});

/** Opens with its prompt; the polite one says goodbye with it. */
const chatEngine: ChatEngine = {
  opens: () => true,
  isFreeToAsk: () => false,
  confirm: async () => {},
  hints: () => [],
  async *reply({ chatbot: { init_prompt, name } }) {
    yield { kind: "text", text: init_prompt };
    if (name === "polite") yield { kind: "over" };
  },
};
const voice: Voice = {
  async pronounce({ text }) {
    if (text === "Mute.") throw new SpeechError([], "nobody speaks");
    async function* sound() {
      yield new Uint8Array(640);
    }
    return { provider: `voice of ${text}`, attempts: [], sound: sound() };
  },
};
/** Nobody listens from the second time on. */
function deafAfterOne(): SpeechRecognizer {
  let asked = 0;
  return {
    ...fakeSpeechRecognizer(),
    check() {
      asked += 1;
      if (asked > 1) throw new RecognitionError([], "nobody is configured");
    },
  };
}

async function start(recognizer: SpeechRecognizer = fakeSpeechRecognizer()) {
  Object.assign(meeting.on, { voice, chatEngine, recognizer });
  return await meeting.start();
}
let chatbots = 0;
async function talk(init_prompt: string, name = ""): Promise<Action> {
  chatbots += 1;
  const id = `cccccccc-0000-4000-8000-${String(chatbots).padStart(12, "0")}`;
  const now = "2026-01-01T00:00:00.000Z";
  const engine = { engine_type: "script", engine_url: null, engine_model: "", engine_key: null } as const;
  const customer_id = meeting.storage.defaultCustomerId;
  const about = { id, customer_id, name, detail: "", init_prompt, script: [], thinks_ahead: null };
  await meeting.storage.chatbots.create({ ...about, ...engine, tm_create: now, tm_update: now });
  return { id, type: "chatbot_talk", option: { chatbot_id: id } };
}
const talkWith = (chatbot_id: string): Action => ({ id: "x", type: "chatbot_talk", option: { chatbot_id } });
/** An earlier talk, all of which goes well. */
const earlier = () => talk("Hello.", "polite");
const saidBy = (prompt: string, count = 1) =>
  eventually(prompt, async () => {
    const { storage } = meeting;
    const page = await storage.chatbotcalls.list(storage.defaultCustomerId, { pageSize: 10 }, {});
    return page.result.filter(({ messages }) => messages.some(({ text }) => text === prompt)).length === count;
  });
const toldOf = (run: string) => toldAfter(meeting, run, "voipbin.chatbot");

test("a talk that ended well", async () => {
  await start();
  const run = await arriveFollowed(meeting, [await earlier()]);
  expect(await toldOf(run)).toEqual({ result: "over", reply: "Hello." });
  expect(await toldAfter(meeting, run, "voipbin.tts")).toEqual({ provider: "voice of Hello." });
});

test.each<[string, () => Action | Promise<Action>]>([
  ["there is no such chatbot", () => talkWith("3f2b1c54-6f1e-4c0e-9d0a-0c2f3b9a7e11")],
  ["no chatbot is named", () => talkWith("${nothing}")],
  ["nobody can speak", () => talk("Mute.")],
])("an earlier talk's end is not that of one that fails, because %s", async (_, bad) => {
  await start();
  const run = await arriveFollowed(meeting, [await earlier(), await bad()]);
  expect(await toldOf(run)).toEqual({ result: "failed", reply: "" });
});

test("nor of one that fails because nobody can listen", async () => {
  await start(deafAfterOne());
  const run = await arriveFollowed(meeting, [await earlier(), await talk("Hi.")]);
  expect(await toldOf(run)).toEqual({ result: "failed", reply: "" });
});

test("the way to the caller breaks off", async () => {
  await start();
  const run = await arriveFollowed(meeting, [await earlier(), await talk("Hi.")]);
  await saidBy("Hi.");
  meeting.on.liveAudio.streams.at(-1)?.end();
  expect(await toldOf(run)).toEqual({ result: "failed", reply: "Hi." });
});

test("the caller hangs up", async () => {
  await start();
  const run = await arriveFollowed(meeting, [await earlier(), await talk("Hi.")]);
  await saidBy("Hi.");
  leave(meeting.on.telephony);
  expect(await toldOf(run)).toEqual({ result: "hangup", reply: "Hi." });
});

test("the run is stopped", async () => {
  const engine = await start();
  const run = await arriveFollowed(meeting, [await earlier(), await talk("Hi.")]);
  await saidBy("Hi.");
  await engine.stopActiveflow(run);
  expect(await toldOf(run)).toEqual({ result: "left", reply: "Hi." });
});

test("the caller hangs up while nobody is there", async () => {
  const first = await start();
  const run = await arriveFollowed(meeting, [await earlier(), await talk("Hi.")]);
  await saidBy("Hi.");
  meeting.crash(first);
  meeting.on.telephony.present.delete("c1");
  await start();
  meeting.on.telephony.becomeReachable();
  expect(await toldOf(run)).toEqual({ result: "hangup", reply: "Hi." });
});
