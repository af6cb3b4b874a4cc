import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type Asterisk, startAsterisk } from "../../support/asterisk.ts";
import { startBaresip } from "../../support/baresip.ts";
import { expectNothingLeft } from "../../support/lab.ts";
import { nextAddress } from "../../support/loopback.ts";
import { startPhone } from "../../support/phone.ts";
import { callerScenario } from "../../support/sipp/callers.ts";
import { runSipp } from "../../support/sipp/run.ts";
import { hear } from "../../support/tones.ts";
import { wordsIn } from "../../support/words.ts";

const SENTENCES = ["press one for sales", "press two for support", "goodbye"];
let asterisk: Asterisk;
const server = () => ({ address: asterisk.address, port: 5060 });
const keysRead = () => asterisk.ari("GET", "/asterisk/variable?variable=LAST_KEYS");

beforeAll(async () => {
  asterisk = await startAsterisk();
  const sounds = join(asterisk.directory, "sounds");
  mkdirSync(sounds);
  execFileSync("flite", ["-voice", "slt", "-t", "press two for support", "-o", join(sounds, "speech.wav")]);
  execFileSync("sox", [join(sounds, "speech.wav"), "-r", "16000", "-t", "raw", join(sounds, "menu.sln16")]);
  execFileSync("sox", [
    "-n",
    "-r",
    "8000",
    "-b",
    "16",
    join(sounds, "tone.wav"),
    "synth",
    "0.5",
    "sine",
    "620",
    "gain",
    "-9",
  ]);
  await asterisk.addExtension("700", ["Answer", `Playback(${sounds}/menu)`]);
  await asterisk.addExtension("702", ["Hangup(17)"]);
  await asterisk.addExtension("701", [
    "Answer",
    `Read(KEYS,${sounds}/tone,3)`,
    "Set(GLOBAL(LAST_KEYS)=${KEYS})",
    `Playback(${sounds}/tone)`,
  ]);
});
afterEach(() => expectNothingLeft(asterisk));
afterAll(() => asterisk[Symbol.asyncDispose]());

test("our phone hears words in wideband", async () => {
  await using phone = await startPhone({ address: nextAddress(), server: server(), codecs: ["g722"] });
  const call = await phone.dial("700");
  await call.ended();
  expect(await wordsIn(call.sound(), SENTENCES)).toBe("press two for support");
});

test("baresip hears words in wideband", async () => {
  await using baresip = await startBaresip({ address: nextAddress(), server: server(), codec: "g722/16000/1" });
  baresip.dial("700");
  await baresip.saw("CALL_CLOSED");
  expect(await wordsIn(baresip.heard(), SENTENCES)).toBe("press two for support");
});

test("baresip presses keys and hears a tone", async () => {
  await using baresip = await startBaresip({ address: nextAddress(), server: server() });
  baresip.dial("701");
  await baresip.saw("CALL_ESTABLISHED");
  for (const key of "37#") baresip.press(key);
  await baresip.saw("CALL_CLOSED");
  expect(hear(baresip.heard().pcm).map(({ frequency }) => frequency)).toContain(620);
  expect(await keysRead()).toEqual({ value: "37" });
});

test("SIPp is answered, presses keys and is hung up", async () => {
  const scenario = callerScenario({ keys: "122" });
  expect(await runSipp({ scenario, address: nextAddress(), server: server(), number: "701" })).toMatchObject({
    passed: true,
  });
  expect(await keysRead()).toEqual({ value: "122" });
});

test("SIPp hangs up in the middle", async () => {
  const scenario = callerScenario({ talkMs: 200 });
  expect(await runSipp({ scenario, address: nextAddress(), server: server(), number: "700" })).toMatchObject({
    passed: true,
  });
});

test("SIPp fails when the call does", async () => {
  const scenario = callerScenario({});
  const result = await runSipp({ scenario, address: nextAddress(), server: server(), number: "702" });
  expect(result.passed).toBe(false);
});
