/** Speech that a cloud is still making while the caller hears it. */
import { afterAll, afterEach, expect, test } from "vitest";
import { type Pace, startPollyServer } from "../contract/polly-server.ts";
import { type Call, tonesHeard } from "../support/call.ts";
import { DIALS_ASTERISK, startLab } from "../support/lab.ts";
import { nextAddress } from "../support/loopback.ts";
import { tone } from "../support/tones.ts";
import { aftermathOf, crash, durationOf, heardMs, prompt, stored } from "./actions/support.ts";

const KEY = "AKIDEXAMPLE";
const amazon = await startPollyServer(nextAddress(), KEY);
afterAll(() => amazon.close());
afterEach(() => amazon.sendAtPace(undefined));
const lab = await startLab({
  environment: {
    ...DIALS_ASTERISK,
    RINGDOWN_AWS_ENDPOINT: amazon.endpoint,
    AWS_ACCESS_KEY_ID: KEY,
    AWS_SECRET_ACCESS_KEY: "not-a-secret",
    AWS_REGION: "eu-central-1",
  },
});

const MELODY = [440, 620, 850, 1_100, 1_400] as const;
const TONE_MS = 800;
const [FIRST, SECOND, THIRD, , LAST] = MELODY;
const PROMPT = 1_700;
const sound = (): Buffer => Buffer.concat(MELODY.map((hz) => Buffer.from(tone(hz, TONE_MS, 16_000).buffer)));
/** A tenth of a second each 80 ms: hardly faster than it is spoken. */
const slowly: Pace = { sound, bytes: 3_200, everyMs: 80 };
const talk = (text: string, more: Readonly<Record<string, unknown>> = {}) => ({
  type: "talk",
  option: { text, provider: "aws", ...more },
});

/** The tones that a call heard, in order, pieces of one put together. */
const melodyOf = (call: Call): readonly number[] =>
  tonesHeard(call).filter((hz, index, all) => index === 0 || all[index - 1] !== hz);

test("the caller hears the first before the last is made, then all of it; it is kept for the next", async () => {
  let sentAtMs = Number.POSITIVE_INFINITY;
  amazon.sendAtPace({ ...slowly, onSent: () => (sentAtMs = Date.now()) });
  const call = await lab.call([talk("First"), prompt(lab, PROMPT)]);
  await call.heard(FIRST);
  expect(sentAtMs).toBe(Number.POSITIVE_INFINITY);
  await call.ended(20_000);
  expect(melodyOf(call)).toEqual([...MELODY, PROMPT]);
  for (const hz of MELODY) expect(heardMs(call, hz)).toBeGreaterThan(0.85 * TONE_MS);
  const streamed = [{ provider: "aws", streamed: true }];
  expect((await aftermathOf(lab, call.number)).facts("speech_synthesized")).toMatchObject([{ attempts: streamed }]);
  const asked = amazon.requests.length;
  const next = await lab.call([talk("First")]);
  await next.ended(20_000);
  expect(melodyOf(next)).toEqual([...MELODY]);
  expect(amazon.requests.length).toBe(asked);
});

test.each(["rfc4733", "info"] as const)("a key by %s stops it within a moment, and counts", async (by) => {
  amazon.sendAtPace(slowly);
  const call = await lab.call([
    talk(`Stopped by ${by}`, { digits_handle: "next" }),
    { type: "digits_receive", option: { duration: 8_000 } },
    { type: "sleep", option: { duration: 700 } },
    prompt(lab, PROMPT),
  ]);
  await call.heard(SECOND);
  const releasedMs = await call.press("5", { by, gapMs: 0 });
  await call.quiet(400);
  expect(call.lastSoundMs() - releasedMs).toBeLessThan(250);
  await call.heard(PROMPT);
  await call.ended();
  const aftermath = await aftermathOf(lab, call.number);
  expect(aftermath.variables).toMatchObject({ "voipbin.call.digits": "5" });
  expect(durationOf(aftermath, "digits_receive")).toBeLessThan(500);
  expect(melodyOf(call)).not.toContain(LAST);
});

test("killed in the middle, it goes on where it was, made again or made by then, and a key still stops it", async () => {
  amazon.sendAtPace(slowly);
  const [call, stopped] = await Promise.all([
    lab.call([talk("Killed"), prompt(lab, PROMPT)]),
    lab.call([talk("Killed", { digits_handle: "next" }), { type: "sleep", option: { duration: 500 } }]),
  ]);
  await Promise.all([call, stopped].map((each) => each.heard(SECOND)));
  await Promise.all([call, stopped].map(({ number }) => stored(lab, number, "call_answered")));
  await crash(lab);
  await stopped.press("5");
  await Promise.all([call, stopped].map((each) => each.ended(20_000)));
  const heard = melodyOf(call);
  // At most the second before the crash is heard again.
  expect(heard[0]).toBe(FIRST);
  expect(heard.slice(-4)).toEqual([...MELODY.slice(-3), PROMPT]);
  expect(heard.length).toBeLessThanOrEqual(MELODY.length + 3);
  expect(tonesHeard(stopped)).not.toContain(LAST);
});

test("killed when it was made but not heard to its end, the rest is played", async () => {
  amazon.sendAtPace({ ...slowly, everyMs: 15 });
  const call = await lab.call([talk("Made"), prompt(lab, PROMPT)]);
  await call.heard(THIRD);
  const asked = amazon.requests.length;
  await crash(lab);
  await call.ended(20_000);
  expect(amazon.requests.length).toBe(asked);
  const heard = melodyOf(call);
  expect(heard.slice(-4)).toEqual([...MELODY.slice(-3), PROMPT]);
  expect(heard.filter((hz) => hz === FIRST)).toHaveLength(1);
});

test("when the cloud dies in the middle, somebody else says it, and all of it", async () => {
  amazon.sendAtPace(slowly);
  const call = await lab.call([talk("One two three four five six seven."), prompt(lab, PROMPT)]);
  await call.heard(FIRST);
  const end = await amazon.begin("death");
  await call.heard(PROMPT);
  await end();
  await call.ended();
  const { variables, facts } = await aftermathOf(lab, call.number);
  expect(variables).toMatchObject({ "voipbin.tts.provider": "local" });
  expect(facts("speech_synthesized")).toMatchObject([{ provider: "aws" }, { provider: "local" }]);
  expect(facts("action_failed")).toEqual([]);
});

test("a hangup in the middle ends it", async () => {
  amazon.sendAtPace(slowly);
  const call = await lab.call([talk("Hung up"), { type: "sleep", option: { duration: 60_000 } }]);
  await call.heard(FIRST);
  await call.hangup();
  expect((await aftermathOf(lab, call.number)).record).toMatchObject({ hangup_by: "remote" });
});
