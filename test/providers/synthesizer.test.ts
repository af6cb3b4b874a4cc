import { describe, expect, test } from "vitest";
import { SpeechBrokenOff, SpeechError, type SpeechProvider, SpeechProviderError } from "../../src/ports/speech.ts";
import { growingSound } from "../../src/providers/synthesis/growing-sound.ts";
import type { Begin, Speak } from "../../src/providers/synthesis/speech-cache.ts";
import { synthesizer } from "../../src/providers/synthesis/synthesizer.ts";

const never = new AbortController().signal;
const request = { text: "Hello", language: "en-US" };

describe("the one who speaks", () => {
  test.each([
    ["is the one asked for", { asked: "aws", configured: ["gcp", "aws", "local"], failing: [] }, ["aws"]],
    ["is gcp when nobody is named", { configured: ["gcp", "aws", "local"], failing: [] }, ["gcp"]],
    ["is the other cloud when that fails", { configured: ["gcp", "aws", "local"], failing: ["gcp"] }, ["gcp", "aws"]],
    [
      "is local at last",
      { asked: "aws", configured: ["gcp", "aws", "local"], failing: ["gcp", "aws"] },
      ["aws", "gcp", "local"],
    ],
    ["is the only one there is", { configured: ["local"], failing: [] }, ["local"]],
  ])("%s", async (_name, { asked, configured, failing }: Case, tried) => {
    const { speak, log } = speaking(failing);
    const spoken = await make(configured, speak).speak({ ...request, provider: asked }, never);
    expect(log.map(([provider]) => provider)).toEqual(tried);
    expect(spoken.provider).toBe(tried.at(-1));
    expect(spoken.attempts.map(({ provider, fault }) => [provider, fault])).toEqual(
      tried.map((name) => [name, failing.includes(name) ? "refused" : undefined]),
    );
    // Whoever reads of a failure reads what to do.
    for (const { fault, remedy } of spoken.attempts) {
      expect(remedy).toEqual(fault === undefined ? undefined : expect.stringMatching(/\w+ \w+/));
    }
  });
});

test("text with elements of SSML in it is given to the provider as a document of it; other text as it is", async () => {
  const given: string[] = [];
  const speak: Speak = async (_provider, { text }) => {
    given.push(text);
    return { audioId: "said", cached: false };
  };
  for (const text of ["One <break/> two", "1 < 2"]) await make(["local"], speak).speak({ ...request, text }, never);
  expect(given).toEqual(["<speak>One <break/> two</speak>", "1 < 2"]);
});

test("one who is not configured is noted, and costs no attempt", async () => {
  const spoken = await make(["local"], speaking([]).speak).speak(request, never);
  expect(spoken).toEqual({
    media: { kind: "audio", id: "local" },
    provider: "local",
    attempts: [{ provider: "local", latencyMs: 5 }],
    note: "gcp is not configured",
  });
});

test("one who may not be used is not, although it could", async () => {
  const spoken = await make(["gcp", "local"], speaking([]).speak, 10_000, ["local"]).speak(request, never);
  expect(spoken).toMatchObject({ provider: "local", note: "gcp is not configured" });
});

test("a voice is that of the provider asked for; a wrong one does not silence it", async () => {
  const { speak, log } = speaking([], "nobody");
  const spoken = await make(["local"], speak).speak({ ...request, provider: "local", voice: "nobody" }, never);
  expect(log).toEqual([
    ["local", "nobody"],
    ["local", undefined],
  ]);
  expect(spoken.attempts.map(({ fault }) => fault)).toEqual(["refused", undefined]);
});

describe("the silence of a caller", () => {
  const hangs =
    (...names: string[]): Speak =>
    (provider, _request, signal) =>
      names.includes(provider.name) ? hanging(signal) : Promise.resolve({ audioId: "x", cached: true });

  test("is no longer than is allowed: the others leave the last one its time", async () => {
    const spoken = await make(["gcp", "aws", "local"], hangs("gcp", "aws"), 100).speak(request, never);
    expect(spoken.attempts).toMatchObject([
      { provider: "gcp", fault: "timeout" },
      { provider: "aws", fault: "timeout" },
      { provider: "local", cached: true },
    ]);
  });

  test("is less where less is asked for", async () => {
    const spoken = await make(["gcp", "local"], hangs("gcp"), 60_000).speak({ ...request, withinMs: 100 }, never);
    expect(spoken.attempts).toMatchObject([{ fault: "timeout" }, { provider: "local" }]);
  });

  test("ends though nobody speaks at all", async () => {
    const failed = make(["gcp", "local"], hangs("gcp", "local"), 50).speak(request, never);
    await expect(failed).rejects.toMatchObject({ attempts: [{ fault: "timeout" }, { fault: "timeout" }] });
  });

  test("does not keep from the cache", async () => {
    const spoken = await make(["local"], hangs(), 1).speak({ ...request, provider: "local" }, never);
    expect(spoken.attempts).toMatchObject([{ cached: true }]);
  });
});

test("when nobody can, each tells why", async () => {
  const failed = make(["gcp", "local"], speaking(["gcp", "local"]).speak).speak(request, never);
  const error = await failed.catch((thrown) => thrown);
  expect(error).toBeInstanceOf(SpeechError);
  expect(error).toMatchObject({ attempts: [{ provider: "gcp" }, { provider: "local", fault: "refused" }] });
});

test("when nobody is configured, the setting is named", () =>
  expect(make([], speaking([]).speak).speak(request, never)).rejects.toThrow("RINGDOWN_TTS_PROVIDERS"));

test("a hangup ends it at once, and nobody else is asked", async () => {
  const controller = new AbortController();
  const asked: string[] = [];
  const speak: Speak = (provider, _request, signal) => {
    asked.push(provider.name);
    controller.abort(new Error("hung up"));
    return hanging(signal);
  };
  await expect(make(["gcp", "local"], speak).speak(request, controller.signal)).rejects.toThrow("hung up");
  expect(asked).toEqual(["gcp"]);
});

test("who begins to speak is told of as such", async () => {
  const sound = growingSound();
  const urgent: unknown[] = [];
  const begin: Begin = async (provider, { isUrgent }) => {
    urgent.push(isUrgent);
    if (provider.name === "gcp") throw new SpeechProviderError("quota", "no");
    return { sound };
  };
  const { speak } = speaking([]);
  const begun = await make(["gcp", "aws"], speak, 10_000, ["gcp", "aws"], begin).begin(
    { ...request, isUrgent: true },
    never,
  );
  expect(begun).toMatchObject({ provider: "aws", attempts: [{ fault: "quota" }, { streamed: true }] });
  expect(urgent).toEqual([true, true]);
  sound.add(Buffer.from("Hel"));
  sound.fail(new SpeechProviderError("timeout", "nothing came"));
  const parts: string[] = [];
  const heard = (async () => {
    if ("sound" in begun) for await (const part of begun.sound) parts.push(Buffer.from(part).toString());
  })();
  const error = await heard.catch((thrown) => thrown);
  expect(error).toBeInstanceOf(SpeechBrokenOff);
  const attempt = { provider: "aws", streamed: true, fault: "timeout", remedy: expect.stringMatching(/\w+ \w+/) };
  expect(error).toMatchObject({ attempt });
  expect(parts).toEqual(["Hel"]);
});

describe("who broke off", () => {
  const brokenOff = { provider: "gcp", latencyMs: 7, fault: "timeout", error: "nothing came" } as const;

  test("is told of, and asked after all others", async () => {
    const { speak, log } = speaking(["aws", "local"]);
    const all = ["gcp", "aws", "local"];
    const spoken = await make(all, speak).speak({ ...request, provider: "gcp", voice: "own", brokenOff }, never);
    expect(log).toEqual([
      ["aws", undefined],
      ["local", undefined],
      ["gcp", "own"],
    ]);
    expect(spoken.attempts[0]).toEqual(brokenOff);
    expect(spoken.attempts.map(({ provider }) => provider)).toEqual(["gcp", "aws", "local", "gcp"]);
  });

  test("has left the others no more than the rest of the silence that is allowed", async () => {
    const startedMs = performance.now();
    const speak: Speak = (_provider, _request, signal) => hanging(signal);
    const failed = make(["gcp", "aws", "local"], speak, 600).speak({ ...request, brokenOff }, never);
    await expect(failed).rejects.toBeInstanceOf(SpeechError);
    expect(performance.now() - startedMs).toBeLessThan(500);
  });
});

type Case = { asked?: string; configured: string[]; failing: string[] };

function make(
  configured: readonly string[],
  speak: Speak,
  silenceMs = 10_000,
  order: readonly string[] = ["gcp", "aws", "local"],
  begin: Begin = speak,
) {
  const providers = configured.map((name): SpeechProvider => ({ name, synthesize: () => Promise.resolve() }));
  let nowMs = 0;
  return synthesizer({
    providers,
    order,
    speak,
    begin,
    silenceMs,
    clock: { now: () => (nowMs += 5) },
  });
}

function speaking(failing: readonly string[], badVoice?: string) {
  const log: [string, string | undefined][] = [];
  const speak: Speak = async ({ name }, { voice }) => {
    log.push([name, voice]);
    if (failing.includes(name) || (voice !== undefined && voice === badVoice)) {
      throw new SpeechProviderError("refused", "no");
    }
    return { audioId: name, cached: false };
  };
  return { speak, log };
}

const hanging = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const fail = () => reject(signal.reason);
    if (signal.aborted) fail();
    else signal.addEventListener("abort", fail);
  });
