import { describe, expect, test } from "vitest";
import { createOutput } from "../../../src/providers/recognition/output.ts";
import type { Recognized } from "../../../src/providers/recognition/provider.ts";
import { bySegments, type Segment } from "../../../src/providers/recognition/segments.ts";
import { eventually } from "../../support/eventually.ts";
import { silence, tone } from "../../support/tones.ts";

const RATE_HZ = 8_000;
const PAUSE_MS = 500;

type Asked = { readonly segment: Segment; readonly signal: AbortSignal; answer(text: string): void; fail(): void };

/** A provider of whole sentences, whose answers the test gives, listening to one who speaks as the test says. */
function listen(isUrgent = true) {
  const audio = createOutput<Uint8Array>();
  const asked: Asked[] = [];
  const heard: Recognized[] = [];
  const hangup = new AbortController();
  const provider = bySegments((segment, _order, signal) => {
    const { promise, resolve, reject } = Promise.withResolvers<{ text: string }>();
    signal.addEventListener("abort", () => reject(signal.reason));
    asked.push({ segment, signal, answer: (text) => resolve({ text }), fail: () => reject(new Error("failed")) });
    return promise;
  }, PAUSE_MS);
  const order = { audio, sampleRateHz: RATE_HZ, language: "en-US", hints: [], isUrgent } as const;
  const ended = (async () => {
    for await (const one of provider.recognize(order, hangup.signal)) heard.push(one);
  })();
  ended.catch(() => undefined);
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  const add = async (samples: Int16Array) => {
    audio.add(new Uint8Array(samples.buffer));
    await settled();
  };
  return {
    asked,
    ended,
    told: () => heard.map(({ text, isFinal }) => `${text}${isFinal ? "" : " …"}`),
    heard,
    voice: (ms: number) => add(tone(440, ms, RATE_HZ)),
    silence: (ms: number) => add(silence(ms, RATE_HZ)),
    async answers(index: number, text: string) {
      await eventually("the question", () => asked[index] !== undefined);
      asked[index]?.answer(text);
      await settled();
    },
    end: audio.end,
    hangup: () => hangup.abort(new Error("hung up")),
    settled,
  };
}

test("a sentence is understood once, when its pause has lasted", async () => {
  const talk = listen(false);
  await talk.voice(400);
  await talk.silence(PAUSE_MS - 20);
  expect(talk.asked).toEqual([]);
  await talk.silence(20);
  await talk.answers(0, "one");
  expect(talk.told()).toEqual(["one"]);
  expect(talk.asked).toHaveLength(1);
});

describe("when it is urgent", () => {
  test("what was said is understood in a short pause, and is certain when the pause has lasted, without another question", async () => {
    const talk = listen();
    await talk.voice(400);
    await talk.silence(140);
    expect(talk.asked).toEqual([]);
    await talk.silence(20);
    await talk.answers(0, "one");
    expect(talk.told()).toEqual(["one …"]);
    await talk.silence(PAUSE_MS - 160);
    expect(talk.told()).toEqual(["one …", "one"]);
    expect(talk.heard).toMatchObject([
      { startMs: 0, endMs: 560 },
      { startMs: 0, endMs: 900 },
    ]);
    expect(talk.asked).toHaveLength(1);
  });

  test("an answer that comes after the pause is waited for, and is certain", async () => {
    const talk = listen();
    await talk.voice(400);
    await talk.silence(PAUSE_MS);
    await talk.answers(0, "one");
    expect(talk.told()).toEqual(["one"]);
  });

  test("who goes on is understood anew from the beginning, and nobody goes on with the old question", async () => {
    const talk = listen();
    await talk.voice(400);
    await talk.silence(200);
    await talk.voice(400);
    expect(talk.asked[0]?.signal.aborted).toBe(true);
    await talk.silence(200);
    await talk.answers(1, "one two");
    await talk.silence(PAUSE_MS);
    expect(talk.told()).toEqual(["one two …", "one two"]);
    expect(talk.asked.map(({ segment }) => segment.endMs - segment.startMs)).toEqual([560, 1_160]);
  });

  test("a failure in the short pause is none yet: it is asked again", async () => {
    const talk = listen();
    await talk.voice(400);
    await talk.silence(200);
    talk.asked[0]?.fail();
    await talk.silence(PAUSE_MS);
    await talk.answers(1, "one");
    expect(talk.told()).toEqual(["one"]);
    await talk.voice(400);
    await talk.silence(PAUSE_MS);
    talk.asked[2]?.fail();
    await eventually("the question again", () => talk.asked.length === 4);
    talk.asked[3]?.fail();
    await expect(talk.ended).rejects.toThrow("failed");
  });

  test("a click is no sentence, in a short pause neither", async () => {
    const talk = listen();
    await talk.voice(60);
    await talk.silence(PAUSE_MS);
    expect(talk.asked).toEqual([]);
  });

  test("what is said last is certain when the audio ends", async () => {
    const talk = listen();
    await talk.voice(400);
    await talk.silence(200);
    await talk.answers(0, "one");
    talk.end();
    await talk.ended;
    expect(talk.told()).toEqual(["one …", "one"]);
  });

  test("nobody is asked any more when nobody listens any more", async () => {
    const talk = listen();
    await talk.voice(400);
    await talk.silence(200);
    talk.hangup();
    await expect(talk.ended).rejects.toThrow("hung up");
    expect(talk.asked[0]?.signal.aborted).toBe(true);
  });
});
