import { expect, test } from "vitest";
import { type Call, tonesHeard } from "../../support/call.ts";
import { eventually } from "../../support/eventually.ts";
import { startLab } from "../../support/lab.ts";
import { wordsIn } from "../../support/words.ts";
import { aftermathOf, crash, durationOf, prompt, set, stored } from "./support.ts";

const lab = await startLab();

const LONG_TEXT =
  "Thank you for calling. All of our people are busy now. Please stay on the line, and listen to this text.";
const SENTENCES = ["press one for sales", "press two for support", "press two for sales", "goodbye"];
const talk = (text: string, more: Readonly<Record<string, unknown>> = {}) => ({
  type: "talk",
  option: { text, ...more },
});

/** Speech is neither a tone nor silence. */
const speechMs = (call: Call): number =>
  call.blocks().reduce((total, { heard, durationMs }) => (heard === "silence" ? total : total + durationMs), 0);
let measured: Promise<number> | undefined;
/** How long the long text is heard when nobody disturbs it. */
const undisturbedMs = (): Promise<number> => {
  const measure = async (): Promise<number> => {
    const call = await lab.call([talk(LONG_TEXT)]);
    await call.ended(20_000);
    return speechMs(call);
  };
  measured ??= measure();
  return measured;
};
const speaks = async (call: Call): Promise<void> => {
  await eventually("speech", () => speechMs(call) > 200);
};

test("talk answers, and says its text word for word, variables put in", async () => {
  const wideband = { codecs: ["g722"] } as const;
  const [plain, ssml, mixed] = await Promise.all([
    lab.call([set("key", "two"), set("what", "support"), talk("Press ${key} for ${what}.")], wideband),
    lab.call([talk("<speak>Press <sub alias='one'>1</sub> for <emphasis>sales</emphasis></speak>")], wideband),
    lab.call([talk("Press <sub alias='two'>2</sub> for <emphasis level='strong'>sales</emphasis>")], wideband),
  ]);
  await Promise.all([plain.ended(), ssml.ended(), mixed.ended()]);
  expect(await wordsIn(plain.sound(), SENTENCES)).toBe("press two for support");
  expect(await wordsIn(ssml.sound(), SENTENCES)).toBe("press one for sales");
  expect(await wordsIn(mixed.sound(), SENTENCES)).toBe("press two for sales");
  // With its tags it would take several times as long.
  expect(speechMs(mixed)).toBeLessThan(speechMs(ssml) * 1.5);
  for (const { number, statuses } of [plain, ssml]) {
    expect(statuses()).not.toContain(183);
    expect(statuses().at(-1)).toBe(200);
    expect((await aftermathOf(lab, number)).facts("call_answered")).toHaveLength(1);
  }
});

test("whichever provider is named, the local one speaks when it is the only one, and the timeline says so", async () => {
  const call = await lab.call([
    talk("one"),
    talk("two", { provider: "aws", voice_id: "Joanna" }),
    talk("three", { provider: "local", voice_id: "rms" }),
    talk("four", { provider: "local", voice_id: "no-such-voice" }),
    talk("one"),
    prompt(lab, 440),
  ]);
  await call.heard(440);
  await call.ended();
  const { facts, variables } = await aftermathOf(lab, call.number);
  const told = facts("speech_synthesized");
  expect(told).toHaveLength(5);
  for (const fact of told) expect(fact).toMatchObject({ provider: "local" });
  expect(told.map(({ note }) => note)).toEqual([
    "gcp is not configured",
    "aws is not configured",
    undefined,
    undefined,
    "gcp is not configured",
  ]);
  expect(told[3]).toMatchObject({ attempts: [{ fault: "unknown_voice" }, { provider: "local" }] });
  expect(told[4]).toMatchObject({ attempts: [{ provider: "local", cached: true }] });
  expect(variables).toMatchObject({ "voipbin.tts.provider": "local" });
});

test("other languages are spoken too", async () => {
  const languages = ["de-DE", "ko-KR", "ja", "es-MX", ""];
  await Promise.all(
    languages.map(async (language) => {
      const call = await lab.call([talk("Guten Tag 123", { language })]);
      await call.ended();
      expect(speechMs(call), language).toBeGreaterThan(300);
      expect((await aftermathOf(lab, call.number)).facts("action_failed")).toEqual([]);
    }),
  );
});

test("what can't be spoken is recorded as failed, and the flow goes on", async () => {
  const call = await lab.call([
    talk("${nothing}"),
    talk("<speak> </speak>"),
    set("bad", "klingon!"),
    talk("hello", { language: "${bad}" }),
    talk("hello", { provider: "${bad}" }),
    talk("hello", { language: "xx-XX" }),
    talk("hello", { digits_handle: "${bad}" }),
    prompt(lab, 440),
  ]);
  await call.ended();
  expect(tonesHeard(call)).toEqual([440]);
  const errors = (await aftermathOf(lab, call.number)).facts("action_failed").map(({ error }) => error);
  expect(errors).toEqual(["OptionError", "SpeechError", "OptionError", "OptionError", "SpeechError", "OptionError"]);
});

/** Promised are 100 ms on a machine that has time; here three files share two processors. */
const STOPS_WITHIN_MS = 200;

test.each(["rfc4733", "info"] as const)("a key by %s stops the speech, and counts for what follows", async (by) => {
  const call = await lab.call([
    talk(LONG_TEXT, { digits_handle: "next" }),
    { type: "digits_receive", option: { duration: 8_000 } },
    { type: "sleep", option: { duration: 700 } },
    prompt(lab, 440),
  ]);
  await speaks(call);
  // Asterisk tells of the key when it is released.
  const releasedMs = await call.press("5", { by, gapMs: 0 });
  await call.quiet(400);
  expect(call.lastSoundMs() - releasedMs).toBeLessThan(STOPS_WITHIN_MS);
  await call.heard(440);
  await call.ended();
  const aftermath = await aftermathOf(lab, call.number);
  expect(aftermath.variables).toMatchObject({ "voipbin.call.digits": "5" });
  expect(durationOf(aftermath, "digits_receive")).toBeLessThan(500);
});

test("a key stops no speech that does not ask for it, nor one that begins after it", async () => {
  const [deaf, later] = await Promise.all([
    lab.call([talk(LONG_TEXT)]),
    lab.call([{ type: "answer" }, prompt(lab, 440), talk(LONG_TEXT, { digits_handle: "next" })]),
  ]);
  const disturb = [speaks(deaf).then(() => deaf.press("5")), later.heard(440).then(() => later.press("5"))];
  const [wholeMs] = await Promise.all([undisturbedMs(), ...disturb]);
  await Promise.all([deaf, later].map((call) => call.ended(20_000)));
  for (const call of [deaf, later]) expect(speechMs(call)).toBeGreaterThan(0.9 * wholeMs);
});

test("a key pressed while the speech is being made stops it before it is heard for long", async () => {
  const text = `${LONG_TEXT} Please wait. `.repeat(10);
  const call = await lab.call([talk(text, { digits_handle: "next" }), prompt(lab, 440)]);
  await call.answered();
  await call.press("1", { by: "info" });
  await call.heard(440);
  await call.ended();
  expect((await aftermathOf(lab, call.number)).variables).toMatchObject({ "voipbin.call.digits": "1" });
});

test("a hangup ends the speech", async () => {
  const call = await lab.call([talk(LONG_TEXT), { type: "sleep", option: { duration: 60_000 } }]);
  await speaks(call);
  await call.hangup();
  expect((await aftermathOf(lab, call.number)).record).toMatchObject({ hangup_by: "remote" });
});

test("killed while it speaks, the speech goes on, is not repeated, and a key still stops it", async () => {
  const wholeMs = await undisturbedMs();
  const flow = [talk(LONG_TEXT, { digits_handle: "next" }), prompt(lab, 440)];
  const [call, stopped] = await Promise.all([lab.call(flow), lab.call(flow)]);
  await Promise.all([call, stopped].map(speaks));
  await Promise.all([call, stopped].map(({ number }) => stored(lab, number, "speech_synthesized")));
  await lab.ringdown.kill();
  await stopped.press("5");
  await lab.ringdown.start();
  await Promise.all([call, stopped].map((each) => each.ended(20_000)));
  for (const each of [call, stopped]) expect(tonesHeard(each)).toEqual([440]);
  const spokenMs = (each: Call): number => speechMs(each) - (each.tones()[0]?.durationMs ?? 0);
  expect(spokenMs(call) / wholeMs).toBeCloseTo(1, 1);
  expect(spokenMs(stopped) / wholeMs).toBeLessThan(0.9);
});

test("killed while it makes the speech, it speaks once", async () => {
  // Long enough to be in the making for a while.
  const text = `${LONG_TEXT} `.repeat(10);
  const call = await lab.call([talk(text, { digits_handle: "next" }), prompt(lab, 440)]);
  await call.answered();
  await crash(lab);
  await speaks(call);
  await call.press("1");
  await call.heard(440);
  await call.ended();
  expect((await aftermathOf(lab, call.number)).facts("call_answered")).toHaveLength(1);
});
