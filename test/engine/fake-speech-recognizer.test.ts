import { expect, test } from "vitest";
import type { Heard } from "../../src/ports/speech-recognition.ts";
import { fakeLiveAudio } from "./fake-live-audio.ts";
import { fakeSpeechRecognizer } from "./fake-speech-recognizer.ts";

const never = new AbortController().signal;
const order = { channelId: "c", streamId: "s", heard: "in", speaks: false, sampleRateHz: 8_000, how: "tap" } as const;

async function allOf(heard: AsyncIterable<Heard>): Promise<readonly Heard[]> {
  const all: Heard[] = [];
  for await (const one of heard) all.push(one);
  return all;
}

test("a listening gives what was understood, in order, to the end of its audio", async () => {
  const audio = fakeLiveAudio();
  const recognizer = fakeSpeechRecognizer();
  const { frames } = await audio.open(order, never);
  const heard = recognizer.listen({ audio: frames, sampleRateHz: 8_000, language: "en-US" }, never);
  const all = allOf(heard);
  recognizer.listenings[0]?.understand("he", { isFinal: false });
  recognizer.listenings[0]?.understand("hello");
  audio.streams[0]?.say(new Uint8Array(320));
  audio.streams[0]?.end();
  expect((await all).map(({ text, isFinal }) => [text, isFinal])).toEqual([
    ["he", false],
    ["hello", true],
  ]);
  expect(recognizer.listenings[0]).toMatchObject({ isOpen: false, heardBytes: 320 });
});

test("a listening that nobody wants any more ends, and so does one that fails", async () => {
  const audio = fakeLiveAudio();
  const recognizer = fakeSpeechRecognizer();
  const listenTo = async (signal: AbortSignal) => {
    const { frames } = await audio.open(order, never);
    return allOf(recognizer.listen({ audio: frames, sampleRateHz: 8_000, language: "en-US" }, signal));
  };
  const controller = new AbortController();
  const [aborted, failed] = [listenTo(controller.signal), listenTo(never)];
  await Promise.resolve();
  controller.abort(new Error("hung up"));
  await expect(aborted).rejects.toThrow("hung up");
  recognizer.listenings[1]?.fail(new Error("no provider"));
  await expect(failed).rejects.toThrow("no provider");
});
