import { expect, test } from "vitest";
import type { Clock } from "../../../src/ports/clock.ts";
import type { Heard, ListenTrouble } from "../../../src/ports/speech-recognition.ts";
import { providerHealth } from "../../../src/providers/recognition/health.ts";
import { createOutput } from "../../../src/providers/recognition/output.ts";
import {
  type RecognitionOrder,
  type RecognitionProvider,
  RecognitionProviderError,
} from "../../../src/providers/recognition/provider.ts";
import { recognizer } from "../../../src/providers/recognition/recognizer.ts";
import { FRAME_MS, RATE_HZ, scripted, silence, understood, word } from "./spoken.ts";

const never = new AbortController().signal;

/** A clock that goes with the audio, and sleepers who wake by it. */
function audioClock() {
  let nowMs = 1_000_000;
  const sleepers = new Set<{ atMs: number; wake: () => void }>();
  const clock: Clock = {
    now: () => nowMs,
    sleepUntil: (atMs, signal) =>
      new Promise((resolve, reject) => {
        sleepers.add({ atMs, wake: resolve });
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      }),
  };
  const pass = (ms: number) => {
    nowMs += ms;
    for (const sleeper of sleepers) {
      if (sleeper.atMs > nowMs) continue;
      sleepers.delete(sleeper);
      sleeper.wake();
    }
  };
  return { clock, pass };
}

/** One listening, whose audio comes as the test says it. */
function listenTo(providers: readonly RecognitionProvider[], asked?: string, signal = never) {
  const { clock, pass } = audioClock();
  const audio = createOutput<Uint8Array>();
  const troubles: ListenTrouble[] = [];
  const heard: Heard[] = [];
  const gaps: number[] = [];
  const listeners: string[] = [];
  const order = providers.map(({ name }) => name);
  const { listen } = recognizer({ providers, order, clock, health: providerHealth(clock) });
  const request = {
    ...{ audio, sampleRateHz: RATE_HZ, language: "en-US", provider: asked },
    onTrouble: (trouble: ListenTrouble) => void troubles.push(trouble),
    onGap: (lostMs: number) => void gaps.push(lostMs),
    onListener: (provider: string) => void listeners.push(provider),
  } as const;
  const ended = (async () => {
    for await (const one of listen(request, signal)) heard.push(one);
  })();
  ended.catch(() => undefined);
  const settle = async () => {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  };
  return {
    troubles,
    gaps,
    listeners,
    heard,
    ended,
    pass: async (ms: number) => {
      pass(ms);
      await new Promise(setImmediate);
    },
    finals: () => heard.filter(({ isFinal }) => isFinal).map(({ text }) => text),
    async say(...frames: readonly (readonly Uint8Array[])[]) {
      for (const one of frames.flat()) {
        audio.add(one);
        pass(FRAME_MS);
        await settle();
      }
      await new Promise(setImmediate);
    },
    async end() {
      audio.end();
      await new Promise(setImmediate);
    },
  };
}

const well = (name: string, more: Partial<RecognitionProvider> = {}) =>
  scripted(name, (order) => understood(order), more);
const fails = (fault: ConstructorParameters<typeof RecognitionProviderError>[0], afterMs = 0) =>
  async function* (order: RecognitionOrder) {
    yield* understood(order, (ms) => {
      if (ms >= afterMs) throw new RecognitionProviderError(fault, `${fault}!`);
    });
  };
async function* stuck(order: RecognitionOrder) {
  for await (const recognized of understood(order)) if (recognized.text === "") yield recognized;
}

test("what is said is heard for the time being, then for good, with its times", async () => {
  const listening = listenTo([well("a")]);
  await listening.say(silence(1_000), word(1), word(2));
  await listening.end();
  await listening.ended;
  expect(listening.heard.map(({ text, isFinal }) => `${text}${isFinal ? "." : ""}`)).toEqual(["1?", "1.", "2?", "2."]);
  expect(listening.heard[1]).toMatchObject({ endMs: 1_200, provider: "a" });
});

test("the one asked for listens, else the first", async () => {
  for (const [asked, expected] of [
    ["b", "b"],
    [undefined, "a"],
    ["c", "a"],
  ] as const) {
    const listening = listenTo([well("a"), well("b")], asked);
    await listening.say(word(1));
    await listening.end();
    expect(listening.heard[0]?.provider).toBe(expected);
  }
});

test.each(["timeout", "unavailable", "credentials", "quota", "refused", "failed"] as const)(
  "a provider that fails (%s) in mid-word is followed by another, and no word is lost or doubled",
  async (fault) => {
    const [first, second] = [scripted("a", fails(fault, 720)), well("b")];
    const listening = listenTo([first, second]);
    await listening.say(word(1), word(2), word(3), word(4));
    await listening.end();
    await listening.ended;
    expect(listening.finals()).toEqual(["1", "2", "3", "4"]);
    expect(listening.heard.at(-1)?.provider).toBe("b");
    expect(listening.troubles).toMatchObject([
      { provider: "a", fault, error: `${fault}!`, remedy: expect.any(String), atMs: 720 },
    ]);
  },
);

test("whoever fails at once, the words come from whoever can", async () => {
  const listening = listenTo([scripted("a", fails("credentials")), scripted("b", fails("quota")), well("c")]);
  await listening.say(word(1), word(2));
  await listening.end();
  await listening.ended;
  expect(listening.finals()).toEqual(["1", "2"]);
  expect(listening.troubles.map(({ provider }) => provider)).toEqual(["a", "b"]);
});

test("when all rest, what is said meanwhile is heard as soon as one is well again", async () => {
  const first = scripted("a", (order, session) => (session < 3 ? fails("unavailable")(order) : understood(order)));
  const listening = listenTo([first]);
  await listening.say(word(1), word(2), silence(3_000), word(3));
  await listening.end();
  await listening.ended;
  expect(first.sessions).toBe(3);
  expect(listening.finals()).toEqual(["1", "2", "3"]);
});

test("what is lost because for too long nobody could listen is told, and what comes after it is understood", async () => {
  const first = scripted("a", (order, session) => (session < 8 ? fails("unavailable")(order) : understood(order)));
  const listening = listenTo([first]);
  await listening.say(...Array.from({ length: 450 }, (_, index) => word((index % 9) + 1)));
  await listening.end();
  await listening.ended;
  expect(listening.gaps).toHaveLength(1);
  expect(listening.gaps[0]).toBeGreaterThan(20_000);
  expect(listening.finals().length).toBeGreaterThan(200);
});

test("what nobody could listen to until long after its end is no success", async () => {
  const listening = listenTo([scripted("a", fails("unavailable"))]);
  await listening.say(word(1), word(2));
  await listening.end();
  for (let second = 0; second < 70; second += 1) await listening.pass(1_000);
  await expect(listening.ended).rejects.toMatchObject({ name: "RecognitionError", message: /unavailable!/ });
});

test("when nobody can listen ever, the listening fails with what each said, and what to do", async () => {
  const listening = listenTo([scripted("a", fails("credentials")), scripted("b", fails("refused"))]);
  await listening.say(word(1));
  await expect(listening.ended).rejects.toMatchObject({
    name: "RecognitionError",
    message: expect.stringMatching(
      /^no provider can listen: a: credentials! \(set credentials .+\); b: refused! \(use a language .+\)$/,
    ),
    troubles: [{ provider: "a" }, { provider: "b" }],
  });
});

test("a provider that is stuck while there is speech is left for one that understands it", async () => {
  const listening = listenTo([scripted("a", stuck), well("b")]);
  await listening.say(word(1), word(2), ...Array.from({ length: 12 }, () => word(3)), silence(8_000));
  await listening.end();
  await listening.ended;
  expect(listening.finals()).toEqual(["1", "2", ...Array(12).fill("3")]);
  expect(listening.troubles).toMatchObject([{ provider: "a", fault: "timeout" }]);
  expect(listening.listeners).toEqual(["a", "b"]);
});

test("one that is stuck and alone is asked anew", async () => {
  const only = scripted("a", (order, session) => (session === 1 ? stuck(order) : understood(order)));
  const listening = listenTo([only]);
  await listening.say(...Array.from({ length: 8 }, () => word(1)), silence(8_000));
  await listening.end();
  await listening.ended;
  expect(listening.finals()).toEqual(Array(8).fill("1"));
});

test("music, of which nobody understands anything, is no fault of anybody's, and is not paid for twice for long", async () => {
  const [first, second] = [scripted("a", stuck), scripted("b", stuck)];
  const listening = listenTo([first, second]);
  await listening.say(...Array.from({ length: 300 }, () => word(7)));
  expect(listening.troubles).toEqual([]);
  expect(first.sessions).toBe(1);
  expect(second.sessions).toBeLessThan(4);
  await listening.end();
});

test("before a provider's limit a new session takes over in a pause, and nobody notices", async () => {
  const provider = well("a", { longestMs: 60_000 });
  const listening = listenTo([provider]);
  const words = Array.from({ length: 40 }, (_, index) => (index % 9) + 1);
  for (const number of words) await listening.say(word(number), silence(3_000));
  await listening.end();
  await listening.ended;
  expect(provider.sessions).toBeGreaterThan(2);
  expect(listening.finals()).toEqual(words.map(String));
  expect(listening.troubles).toEqual([]);
});

test("a limit is kept in speech without a pause, too, and by a provider that ends the stream itself", async () => {
  const patient = well("a", { longestMs: 40_000 });
  async function* short({ audio }: RecognitionOrder) {
    async function* first() {
      let ms = 0;
      for await (const frame of audio) {
        yield frame;
        ms += FRAME_MS;
        if (ms >= 20_000) return;
      }
    }
    for await (const one of understood({ audio: first() })) if (one.endMs < 20_000) yield one;
  }
  for (const provider of [patient, scripted("b", short)]) {
    const listening = listenTo([provider]);
    const words = Array.from({ length: 300 }, (_, index) => (index % 9) + 1);
    await listening.say(...words.map(word));
    await listening.end();
    await listening.ended;
    expect(provider.sessions).toBeGreaterThan(2);
    expect(listening.finals()).toEqual(words.map(String));
    expect(listening.troubles).toEqual([]);
  }
});

test("what nobody can finish when the audio has ended counts as it was understood", async () => {
  async function* half({ audio }: RecognitionOrder) {
    for await (const _ of audio) yield { text: "hel", isFinal: false, endMs: 100 };
    throw new RecognitionProviderError("credentials", "expired");
  }
  const listening = listenTo([scripted("a", half)]);
  await listening.say(word(1));
  await listening.end();
  await expect(listening.ended).rejects.toThrow("expired");
  expect(listening.finals()).toEqual(["hel"]);
});

test("who takes too long with the rest is followed by another", async () => {
  async function* late({ audio }: RecognitionOrder) {
    for await (const _ of audio);
    await new Promise(() => {});
    yield { text: "", isFinal: true, endMs: 0 };
  }
  const listening = listenTo([scripted("a", late), well("b")]);
  await listening.say(word(1));
  await listening.end();
  await listening.pass(11_000);
  await listening.ended;
  expect(listening.finals()).toEqual(["1"]);
  expect(listening.troubles).toMatchObject([{ provider: "a", fault: "timeout" }]);
});

test("one that takes the audio too slowly is left", async () => {
  async function* slow() {
    await new Promise(() => {});
    yield { text: "", isFinal: true, endMs: 0 };
  }
  const listening = listenTo([scripted("a", slow), well("b")]);
  await listening.say(...Array.from({ length: 30 }, () => word(1)));
  expect(listening.finals().length).toBeGreaterThan(20);
  await listening.end();
});

test("silence alone is over when it is over", async () => {
  const listening = listenTo([scripted("a", stuck)]);
  await listening.say(silence(5_000));
  await listening.end();
  await listening.ended;
  expect(listening.heard).toEqual([]);
});

test("a listening that nobody wants any more ends at once", async () => {
  const controller = new AbortController();
  const listening = listenTo([well("a")], undefined, controller.signal);
  await listening.say(word(1));
  controller.abort(new Error("hung up"));
  await expect(listening.ended).rejects.toThrow("hung up");
});

test("a provider that fails in call after call comes last, until it is well", async () => {
  let nowMs = 0;
  const clock = { now: () => nowMs, sleepUntil: () => new Promise<void>(() => {}) };
  const changes: unknown[] = [];
  const health = providerHealth(clock, (change) => changes.push(change));
  let isIll = true;
  const first = scripted("a", (order) => (isIll ? fails("unavailable")(order) : understood(order)));
  const { listen } = recognizer({ providers: [first, well("b")], order: ["a", "b"], clock, health });
  const call = async () => {
    const audio = createOutput<Uint8Array>();
    for (const frame of word(1)) audio.add(frame);
    audio.end();
    const heard: Heard[] = [];
    for await (const one of listen({ audio, sampleRateHz: RATE_HZ, language: "en" }, never)) heard.push(one);
    return heard.at(-1)?.provider;
  };
  for (let count = 0; count < 5; count += 1) expect(await call()).toBe("b");
  expect(first.sessions).toBe(3);
  isIll = false;
  nowMs += 31_000;
  expect(await call()).toBe("a");
  expect(changes).toEqual([
    { provider: "a", down: true, error: "unavailable!" },
    { provider: "a", down: false },
  ]);
});

test("without a provider nobody listens, and it is said what to do", () => {
  const { clock } = audioClock();
  const none = recognizer({ providers: [well("a")], order: ["gcp"], clock, health: providerHealth(clock) });
  expect(() => none.check()).toThrow("RINGDOWN_STT_PROVIDERS");
});
