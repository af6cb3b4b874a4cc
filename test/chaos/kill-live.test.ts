/** What `kill -9` in the instant of something leaves of what listens to a call, or speaks into it, beside its flow. */
import { randomUUID } from "node:crypto";
import { afterAll, expect } from "vitest";
import { z } from "zod";
import { startEndpointServer } from "../contract/endpoint-server.ts";
import { startPollyServer } from "../contract/polly-server.ts";
import { aftermathOf, prompt, stored } from "../integration/actions/support.ts";
import { listenTo, record, recordingOf, recordingsOf, stopRecording, words } from "../integration/support/recorded.ts";
import type { Call } from "../support/call.ts";
import { eventually } from "../support/eventually.ts";
import { DIALS_ASTERISK, type FlowAction, startLab } from "../support/lab.ts";
import { nextAddress } from "../support/loopback.ts";
import { startAudioSocketPeer } from "../support/media-peers/audiosocket-peer.ts";
import type { MediaPeer } from "../support/media-peers/peer.ts";
import { startRtpPeer } from "../support/media-peers/rtp-peer.ts";
import { startWebSocketPeer } from "../support/media-peers/websocket-peer.ts";
import { receive } from "../support/receiver.ts";
import { silence, tone } from "../support/tones.ts";
import { gate } from "./gate.ts";
import { ahead, LIMIT_MS, type Moment, sayUntil, testKills } from "./support.ts";

const KEY = "AKIDEXAMPLE";
const whisper = await startEndpointServer(nextAddress());
const amazon = await startPollyServer(nextAddress(), KEY);
afterAll(() => {
  for (const server of [whisper, amazon]) server.close();
});
const lab = await startLab({
  environment: {
    ...DIALS_ASTERISK,
    ...{ RINGDOWN_STT_LOCAL_URL: whisper.url, RINGDOWN_STT_PROVIDERS: "local" },
    ...{ RINGDOWN_AWS_ENDPOINT: amazon.endpoint, RINGDOWN_TTS_PROVIDERS: "aws" },
    ...{ AWS_ACCESS_KEY_ID: KEY, AWS_SECRET_ACCESS_KEY: "not-a-secret", AWS_REGION: "eu-central-1" },
    RINGDOWN_CHATBOT_WAIT_MS: "20000",
  },
});

/** A sentence of the chatbot's is the tone that it names; of Ringdown's own, one that nobody asks for. */
const ODD = 2_450;
amazon.sendAtPace({
  sound: (sentence) => {
    const pcm = tone(Number(/\d{3,4}/.exec(sentence)?.[0] ?? ODD), 600, 16_000);
    return Buffer.concat([Buffer.from(pcm.buffer), Buffer.alloc(6_400)]);
  },
  ...{ bytes: 640_000, everyMs: 0 },
});

const [BEFORE, READY, AFTER] = [1_400, 1_700, 2_050];
const [SAID, LATER] = [440, 620];
const answer = { type: "answer" };
const stay = { type: "sleep", option: { duration: 60_000 } };

type Gated = ReturnType<typeof gate> & { readonly call: Call & { readonly number: string } };

/** A call that has done what comes before a gate. */
async function callAtGate(before: readonly FlowAction[], ...after: readonly FlowAction[]): Promise<Gated> {
  const one = gate(lab, ...after);
  const call = await lab.call([answer, ...before, one.fetch, prompt(lab, AFTER)]);
  await one.reached();
  return { ...one, call };
}
/** The action at whose gate a call waits begins so long before the crash. */
const begins = ({ open }: Gated, leadMs: number, goOn: () => Promise<unknown>) =>
  ahead(leadMs, async () => {
    open();
    return goOn;
  });

const wholeRecording = async ({ call }: Gated, end_reason: string, frequencies: readonly number[]) => {
  const recording = await recordingOf(lab, call.number);
  expect(recording).toMatchObject({ end_reason, fault: null });
  expect((await listenTo(lab, recording)).channels).toEqual([frequencies]);
  expect(await recordingsOf(lab, (await lab.recordOf(call.number)).id)).toHaveLength(1);
};

const transcribeSchema = z.looseObject({ id: z.string(), status: z.string(), end_reason: z.string().nullable() });
const transcriptSchema = z.looseObject({ direction: z.string(), message: z.string() });
const transcribeOf = async ({ call }: Gated) => {
  const { id } = await lab.recordOf(call.number);
  const all = transcribeSchema.array().parse(await lab.api.list(`/transcribes?reference_id=${id}`));
  expect(all).toHaveLength(1);
  return transcribeSchema.parse(all[0]);
};
/** The words that the caller was understood to say, each once: the holes of a starved machine make two of one. */
const understood = async (gated: Gated): Promise<readonly string[]> => {
  const { id } = await transcribeOf(gated);
  const all = transcriptSchema.array().parse(await lab.api.list(`/transcripts?transcribe_id=${id}`));
  const said = all.filter(({ direction }) => direction === "in").flatMap(({ message }) => message.match(/tone \d+/g));
  return [...new Set(said.map(String))].toSorted();
};
const isUnderstood = (gated: Gated, frequency: number) =>
  eventually(
    `${frequency} Hz as words`,
    async () => {
      await gated.call.say(Int16Array.from([...tone(frequency, 400), ...silence(800)]));
      return (await understood(gated)).includes(`tone ${frequency}`);
    },
    LIMIT_MS,
  );
const transcribed = (gated: Gated, end_reason: string) =>
  eventually("the end of the transcription", async () => {
    expect(await transcribeOf(gated)).toMatchObject({ status: "done", end_reason });
    return true;
  });

/** A server of the user's: opens the talk at once, and answers what the caller says when the gate is opened. */
async function chatbot(reply: object) {
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  const { url, received } = receive(lab.audio, `/${randomUUID()}`, async ({ body }) => {
    if (JSON.parse(body).text === "") return { body: { reply: `${HELLO}.` } };
    await opened;
    return { body: reply };
  });
  const { id } = await lab.api.post("/chatbots", { engine_type: "webhook", engine_url: url });
  const talk: FlowAction = { type: "chatbot_talk", option: { chatbot_id: id } };
  const asked = () => eventually("the question", () => received.some(({ body }) => JSON.parse(body).text !== ""));
  return { talk, open, asked };
}
const [HELLO, YES] = [850, 1_100];
const WORD_MS = 500;
const talkSchema = z.looseObject({
  end_reason: z.string().nullable(),
  messages: z.array(z.looseObject({ role: z.string(), text: z.string() })),
});
const talkOf = async (number: string) => {
  const [found] = await lab.api.list(`/chatbotcalls?reference_id=${(await lab.recordOf(number)).id}`);
  const { end_reason, messages } = talkSchema.parse(found);
  const said = messages.map(({ role, text }) => `${role}: ${text}`);
  return { end_reason, said: said.filter((one, index) => one !== said[index - 1]) };
};
const [GREETED, SPOKEN, REPLIED] = [`assistant: ${HELLO}.`, `user: tone ${SAID}`, `assistant: ${YES}.`];
const isGreeted = (number: string) =>
  eventually("the greeting", async () => (await talkOf(number)).said.join() === GREETED, LIMIT_MS);

/** A chatbot begins to talk so long before the crash. */
const greets =
  (leadMs: number): Moment =>
  async () => {
    const { talk, open } = await chatbot({ reply: `${YES}.`, end: true });
    open();
    const gated = await callAtGate([], talk);
    const { call } = gated;
    return begins(gated, leadMs, async () => {
      await isGreeted(call.number);
      await call.say(tone(SAID, WORD_MS));
      await call.heard(YES, LIMIT_MS);
      await expectTalk(call, { end_reason: "over", said: [GREETED, SPOKEN, REPLIED] });
    });
  };
/** A chatbot answers so long before the crash. */
const answers =
  (leadMs: number, reply: object, talk: { readonly end_reason: string; readonly said: readonly string[] }): Moment =>
  async () => {
    const bot = await chatbot(reply);
    const call = await lab.call([bot.talk, prompt(lab, AFTER)]);
    await isGreeted(call.number);
    await call.say(tone(SAID, WORD_MS));
    await bot.asked();
    return ahead(leadMs, async () => {
      bot.open();
      return () => expectTalk(call, talk);
    });
  };
const expectTalk = async (
  call: Gated["call"],
  talk: { readonly end_reason: string; readonly said: readonly string[] },
): Promise<void> => {
  await call.heard(AFTER, LIMIT_MS);
  await call.ended();
  expect(await talkOf(call.number)).toEqual(talk);
  const { facts } = await aftermathOf(lab, call.number);
  expect(facts("chatbot_ended")).toMatchObject([{ result: talk.end_reason }]);
  expect(facts("action_failed")).toEqual([]);
};

const hosts = async () => {
  const [rtp, audio, web] = [
    await startRtpPeer(nextAddress()),
    await startAudioSocketPeer(nextAddress()),
    await startWebSocketPeer(nextAddress()),
  ];
  const start = ({ external_host }: MediaPeer, option: object = {}): FlowAction => ({
    type: "external_media_start",
    option: { external_host, ...option },
  });
  return {
    peers: [rtp, audio, web],
    start: [start(rtp), start(audio, { encapsulation: "audiosocket" }), start(web)],
    closed: () => eventually("no connection", () => audio.open + web.open === 0),
    close: () => Promise.all([rtp, audio, web].map((peer) => peer[Symbol.asyncDispose]())),
  };
};

const amd: FlowAction = { type: "amd", option: { machine_handle: "hangup" } };
const GREETING_MS = 400;
/** From a person's word on, `AMD()` takes this silence for its end. */
const VERDICT_MS = 300 + GREETING_MS + 800;

const MOMENTS: Readonly<Record<string, Moment>> = {
  "a recording begins": async () => {
    const gated = await callAtGate([], record(), prompt(lab, READY), stay);
    const { call } = gated;
    return begins(gated, 0, async () => {
      await call.heard(READY, LIMIT_MS);
      await call.quiet(200);
      await call.say(words(SAID));
      await call.hangup();
      await wholeRecording(gated, "hangup", [READY, SAID]);
    });
  },
  "a recording is stopped": async () => {
    const gated = await callAtGate([record(), prompt(lab, BEFORE)], stopRecording);
    return begins(gated, 0, async () => {
      await gated.call.heard(AFTER, LIMIT_MS);
      await gated.call.ended();
      await wholeRecording(gated, "stopped", [BEFORE]);
    });
  },
  "a recorded caller hangs up": async () => {
    const gated = await callAtGate([record(), prompt(lab, BEFORE)]);
    return async () => {
      await gated.call.hangup();
      return () => wholeRecording(gated, "hangup", [BEFORE]);
    };
  },
  "a transcription begins": async () => {
    const gated = await callAtGate([], { type: "transcribe_start", option: {} }, stay);
    return begins(gated, 0, async () => {
      await stored(lab, gated.call.number, "transcribe_started");
      await isUnderstood(gated, SAID);
      await gated.call.hangup();
      await transcribed(gated, "hangup");
      expect(await understood(gated)).toEqual([`tone ${SAID}`]);
    });
  },
  "a caller who is transcribed speaks": async () => {
    const gated = await callAtGate([{ type: "transcribe_start", option: { direction: "in" } }]);
    await isUnderstood(gated, SAID);
    return async () => {
      const saying = gated.call.say(tone(SAID, 600));
      return async () => {
        await saying;
        await isUnderstood(gated, LATER);
        await gated.call.hangup();
        await transcribed(gated, "hangup");
        expect(await understood(gated)).toEqual([`tone ${SAID}`, `tone ${LATER}`]);
        expect((await aftermathOf(lab, gated.call.number)).facts("transcribe_resumed")).not.toEqual([]);
      };
    };
  },
  "a transcription is stopped": async () => {
    const gated = await callAtGate([{ type: "transcribe_start", option: {} }], { type: "transcribe_stop" });
    return begins(gated, 0, async () => {
      await gated.call.heard(AFTER, LIMIT_MS);
      await gated.call.ended();
      await transcribed(gated, "stopped");
    });
  },
  "a chatbot begins to talk": greets(0),
  "a chatbot speaks": greets(500),
  "a chatbot has spoken": greets(900),
  "a chatbot answers": answers(
    0,
    { reply: `${YES}.`, end: true },
    { end_reason: "over", said: [GREETED, SPOKEN, REPLIED] },
  ),
  "a chatbot has answered": answers(
    850,
    { reply: `${YES}.`, actions: [prompt(lab, READY)] },
    { end_reason: "actions", said: [GREETED, SPOKEN, REPLIED] },
  ),
  "a chatbot answers with actions": answers(
    0,
    { actions: [prompt(lab, READY)] },
    { end_reason: "actions", said: [GREETED, SPOKEN] },
  ),
  "external media begin": async () => {
    const { peers, start, closed, close } = await hosts();
    const gated = await callAtGate([], ...start, prompt(lab, READY), stay);
    const { call } = gated;
    return begins(gated, 0, async () => {
      await call.heard(READY, LIMIT_MS);
      await sayUntil(call, SAID, Promise.all(peers.map((peer) => peer.heard(SAID))));
      for (const peer of peers) {
        await peer.say(LATER);
        await call.heard(LATER);
        await call.quiet(150);
      }
      await call.hangup();
      await closed();
      await close();
    });
  },
  "external media are stopped": async () => {
    const { start, closed, close } = await hosts();
    const gated = await callAtGate(start, { type: "external_media_stop" }, prompt(lab, READY), stay);
    return begins(gated, 0, async () => {
      await gated.call.heard(READY, LIMIT_MS);
      await closed();
      await gated.call.hangup();
      await close();
    });
  },
  "who answered begins to be judged": async () => {
    const gated = await callAtGate([], amd);
    return begins(gated, 0, async () => {
      void gated.call.say(
        Int16Array.from(Array.from({ length: 8 }, () => [...tone(SAID, 600), ...silence(120)]).flat()),
      );
      expect(await gated.call.ended(LIMIT_MS)).toMatchObject({ by: "them" });
      expect((await aftermathOf(lab, gated.call.number)).record).toMatchObject({ hangup_reason: "amd" });
    });
  },
  "who answered is found to be a person": async () => {
    const gated = await callAtGate([], amd);
    const { call, open } = gated;
    return ahead(VERDICT_MS, async () => {
      open();
      const saying = call.say(Int16Array.from([...silence(300), ...tone(SAID, GREETING_MS), ...silence(6_000)]));
      return async () => {
        await call.heard(AFTER, LIMIT_MS);
        await Promise.all([call.ended(), saying]);
        const { facts } = await aftermathOf(lab, call.number);
        expect(facts("machine_detected")).toMatchObject([{ status: "HUMAN" }]);
      };
    });
  },
};

testKills(
  "whatever listens to a call or speaks into it in the instant of a crash, it goes on",
  { lab, moments: MOMENTS },
  [
    { seed: 23, again: false },
    { seed: 1_618, again: true },
  ],
);
