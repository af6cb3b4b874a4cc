import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type Asterisk, startAsterisk } from "../../support/asterisk.ts";
import { tonesHeard } from "../../support/call.ts";
import { eventually } from "../../support/eventually.ts";
import { expectNothingLeft } from "../../support/lab.ts";
import { nextAddress } from "../../support/loopback.ts";
import { type Phone, startPhone } from "../../support/phone.ts";
import { silence, tone, toneWav, wav } from "../../support/tones.ts";

const PASSWORD = "correct-horse";
let asterisk: Asterisk;
let phone: Phone;
let colleague: Phone;
const serverOf = ({ address }: Asterisk) => ({ address, port: 5060 });

beforeAll(async () => {
  asterisk = await startAsterisk();
  await asterisk.addAccount("1001", PASSWORD);
  phone = await startPhone({ address: nextAddress(), server: serverOf(asterisk) });
  colleague = await startPhone({ address: nextAddress(), server: serverOf(asterisk), user: "colleague" });
  const sounds = join(asterisk.directory, "sounds");
  mkdirSync(sounds);
  writeFileSync(join(sounds, "menu.wav"), wav([tone(440, 500), silence(100), tone(620, 500), silence(100)]));
  writeFileSync(join(sounds, "sales.wav"), toneWav(850));
  await asterisk.addExtension("700", ["Answer", `Playback(${sounds}/menu)`]);
  await asterisk.addExtension("701", ["Answer", "Echo"]);
  await asterisk.addExtension("702", [
    "Answer",
    `Read(KEYS,${sounds}/menu,4)`,
    "Set(GLOBAL(LAST_KEYS)=${KEYS})",
    `Playback(${sounds}/sales)`,
  ]);
  await asterisk.addExtension("703", ["Progress", `Playback(${sounds}/menu,noanswer)`, "Hangup(17)"]);
  await asterisk.addExtension("704", ["Ringing", "Wait(30)"]);
  await asterisk.addExtension("707", ["Dial(PJSIP/1001)"]);
  await asterisk.addExtension("706", [`Dial(PJSIP/loopback/sip:sales@${colleague.address})`, "Hangup(17)"]);
  await asterisk.addExtension("705", [
    "Ringing",
    "Progress",
    `Playback(${sounds}/sales,noanswer)`,
    "Answer",
    `Playback(${sounds}/menu)`,
  ]);
});

afterEach(() => expectNothingLeft(asterisk));
afterAll(async () => {
  await phone.close();
  await colleague.close();
  await asterisk[Symbol.asyncDispose]();
});

test("hears tones in their order, and that the other side hung up", async () => {
  const call = await phone.dial("700");
  await call.heard(440);
  const second = await call.heard(620);
  expect(second.durationMs).toBeGreaterThan(50);
  expect(await call.ended()).toEqual({ by: "them", reason: "Q.850;cause=16" });
  expect(call.statuses()).toEqual([100, 200]);
  expect(tonesHeard(call)).toEqual([440, 620]);
  for (const { durationMs } of call.tones()) expect(durationMs).toBeGreaterThan(300);
});

test("hears its own voice back", async () => {
  const call = await phone.dial("701");
  await call.answered();
  await call.say(tone(1100, 400));
  await call.heard(1100);
  await call.hangup();
  expect(call.story.ending()).toMatchObject({ by: "us" });
});

test.each(["rfc4733", "info"] as const)("keys pressed by %s arrive, repeats too", async (by) => {
  const call = await phone.dial("702");
  await call.heard(440);
  await call.press("1129", { by });
  await call.heard(850);
  await call.ended();
  expect(await asterisk.ari("GET", "/asterisk/variable?variable=LAST_KEYS")).toEqual({ value: "1129" });
});

test("hears early media, then the refusal", async () => {
  const call = await phone.dial("703");
  await call.progressed();
  expect(await call.heard(620)).toMatchObject({ early: true });
  expect(await call.ended()).toMatchObject({ by: "refused", status: 486 });
  expect(call.statuses()).toEqual([100, 183, 486]);
});

test("tells early media from what came after the answer", async () => {
  const call = await phone.dial("705");
  expect(await call.heard(850)).toMatchObject({ early: true });
  expect(await call.heard(440)).toMatchObject({ early: false });
  await call.ended();
  expect(call.statuses()).toEqual([100, 180, 183, 200]);
});

test("cancels a call that rings", async () => {
  const call = await phone.dial("704");
  await call.progressed();
  await call.hangup();
  expect(await call.ended()).toMatchObject({ by: "cancelled", status: 487 });
});

test("two phones talk, press keys and hang up", async () => {
  const call = await phone.dial("706");
  const incoming = await colleague.rings();
  incoming.ring();
  await call.progressed();
  incoming.answer();
  await call.answered();
  await Promise.all([call.say(tone(440, 400)), incoming.say(tone(620, 400))]);
  await Promise.all([call.heard(620), incoming.heard(440)]);
  await call.press("42#");
  await eventually("the keys at the other end", () => incoming.digits() === "42#");
  await incoming.press("7", { by: "info" });
  await eventually("the key at this end", () => call.digits() === "7");
  await incoming.hangup();
  expect(await call.ended()).toMatchObject({ by: "them" });
});

test("an unanswered call ends by the caller's cancelling", async () => {
  const call = await phone.dial("706");
  const incoming = await colleague.rings();
  incoming.ring();
  await call.progressed();
  await call.hangup();
  expect(await incoming.ended()).toMatchObject({ by: "them", status: 487 });
});

test("a busy phone refuses", async () => {
  const call = await phone.dial("706");
  const incoming = await colleague.rings();
  incoming.refuse(486);
  expect(await call.ended()).toMatchObject({ by: "refused", status: 486 });
});

test("hears wideband", async () => {
  const call = await phone.dial("700", { codecs: ["g722"] });
  await call.heard(440);
  await call.heard(620);
  expect(call.sound().sampleRateHz).toBe(16_000);
  await call.ended();
});

test("keys by SIP INFO need no RFC 4733 in the offer", async () => {
  const call = await phone.dial("702", { telephoneEvents: false });
  await call.heard(440);
  await call.press("0*55", { by: "info" });
  await call.heard(850);
  expect(await asterisk.ari("GET", "/asterisk/variable?variable=LAST_KEYS")).toEqual({ value: "0*55" });
  await call.ended();
});

const softphone = (password: string): Promise<Phone> =>
  startPhone({ address: nextAddress(), server: serverOf(asterisk), credentials: { user: "1001", password } });

test("a registered account is reached, and calls after proving itself", async () => {
  await using account = await softphone(PASSWORD);
  expect(await account.register()).toBe(200);
  const call = await phone.dial("707");
  const incoming = await account.rings();
  incoming.answer();
  await call.answered();
  await call.hangup();
  expect(await incoming.ended()).toMatchObject({ by: "them" });

  const own = await account.dial("701");
  await own.answered();
  expect(own.statuses()).toEqual([401, 100, 200]);
});

test("a wrong password opens nothing", async () => {
  await using account = await softphone("wrong");
  expect(await account.register()).toBe(401);
  const call = await account.dial("701");
  expect(await call.ended()).toMatchObject({ by: "refused", status: 401 });
});
