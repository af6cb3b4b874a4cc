import { expect, test } from "vitest";
import { growingList } from "../../../src/engine/chatbot/growing-list.ts";
import { createMouth, type Sentence } from "../../../src/engine/chatbot/mouth.ts";
import type { SpeechAttempt, SpeechRequest } from "../../../src/ports/speech.ts";
import { SpeechBrokenOff } from "../../../src/ports/speech.ts";
import { systemClock as clock } from "../../../src/providers/system/clock.ts";
import { eventually } from "../../support/eventually.ts";

/** A mouth whose voice makes sound when the test says so; `sent` is what the caller hears. */
function start() {
  const sent: string[] = [];
  const made: string[] = [];
  const stuck = new Set<string>();
  /** What breaks off after its beginning, and when; then somebody else says it. */
  const breaking = new Map<string, Promise<void>>();
  const hangup = new AbortController();
  const voice = {
    pronounce({ text, brokenOff }: SpeechRequest, signal: AbortSignal) {
      made.push(brokenOff ? `${text} instead of ${brokenOff.provider}` : text);
      async function* sound() {
        const breaks = brokenOff ? undefined : breaking.get(text);
        yield Buffer.from(breaks ? text.slice(0, 1) : text);
        await breaks;
        if (breaks) throw new SpeechBrokenOff(ATTEMPT);
      }
      return new Promise<{ provider: string; attempts: []; sound: AsyncIterable<Uint8Array> }>((resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
        if (!stuck.has(text)) resolve({ provider: "fake", attempts: [], sound: sound() });
      });
    },
  };
  const stream = {
    frames: (async function* () {})(),
    send: async (audio: Uint8Array) => void sent.push(Buffer.from(audio).toString()),
    drained: async () => {},
    flush: () => {},
    signal: hangup.signal,
    [Symbol.asyncDispose]: async () => {},
  };
  const mouth = createMouth({ stream, voice, clock, speaker: {}, onSpeaks: () => {} }, hangup.signal);
  return { mouth, sent, made, stuck, breaking, never: hangup.signal };
}

const ATTEMPT: SpeechAttempt = { provider: "aws", latencyMs: 1, fault: "timeout", error: "nothing came" };

const one: Sentence = { text: "one", language: "en-US" };
function list(...sentences: readonly Sentence[]) {
  const all = growingList(...sentences);
  all.end();
  return all;
}

test("a sentence that was prepared is said without being made again, and made again when it is said again", async () => {
  const { mouth, made, sent, never } = start();
  mouth.prepare(one, never);
  expect(sent).toEqual([]);
  expect(await mouth.say(list(one), 0).over).toBe("heard");
  expect([made, sent]).toEqual([["one"], ["one"]]);
  await mouth.say(list(one), 0).over;
  expect([made, sent]).toEqual([
    ["one", "one"],
    ["one", "one"],
  ]);
});

test("hushed while a prepared sentence is still being made, it can say something else at once", async () => {
  const { mouth, stuck, sent, never } = start();
  stuck.add("one");
  mouth.prepare(one, never);
  const waiting = mouth.say(list(one), 0);
  mouth.hush();
  expect(await waiting.over).toBe("hushed");
  expect(await mouth.say(list({ text: "two", language: "en-US" }), 0).over).toBe("heard");
  expect(sent).toEqual(["two"]);
});

test("a sentence that breaks off is said again, by another, before the next one", async () => {
  const { mouth, made, sent, breaking } = start();
  breaking.set("one", Promise.resolve());
  expect(await mouth.say(list(one, { text: "two", language: "en-US" }), 0).over).toBe("heard");
  expect(sent).toEqual(["o", "one", "two"]);
  expect(made).toContain("one instead of aws");
});

test("while a sentence is stuck something else is heard, and hushed it can say the next one at once", async () => {
  const { mouth, sent, breaking } = start();
  breaking.set("one", new Promise(() => {}));
  const waiting = mouth.say(list(one), 0);
  await eventually("its beginning", () => sent.length === 1);
  mouth.interject(Buffer.from("moment"));
  await eventually("the remark", () => sent.length === 2);
  expect(mouth.heardUntilMs).toBeGreaterThan(0);
  mouth.hush();
  expect(await waiting.over).toBe("hushed");
  expect(await mouth.say(list({ text: "two", language: "en-US" }), 0).over).toBe("heard");
  expect(sent).toEqual(["o", "moment", "two"]);
});
