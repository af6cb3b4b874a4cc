import { expect, test } from "vitest";
import { sip } from "../support/addresses.ts";
import { type Baresip, startBaresip } from "../support/baresip.ts";
import { type Call, tonesHeard } from "../support/call.ts";
import { eventually } from "../support/eventually.ts";
import { startLab } from "../support/lab.ts";
import { nextAddress } from "../support/loopback.ts";
import type { CodecName } from "../support/rtp/codec.ts";
import { hear, tone } from "../support/tones.ts";
import { holdAndComeBack } from "./support/held.ts";

/** Who talks with whom: each says a tone of its own, and must hear the other's and nothing else. */
const lab = await startLab();
const [CALLER, CALLEE, THIRD] = [440, 620, 850];

const connect = (...destinations: readonly object[]) => ({ type: "connect", option: { destinations } });
const heardBy = (phone: Baresip): readonly number[] => {
  const { pcm, sampleRateHz } = phone.heard();
  return [...new Set(hear(pcm, undefined, sampleRateHz).map(({ frequency }) => frequency))];
};

test.each([
  ["pcmu", "pcmu"],
  ["g722/16000/1", "pcmu"],
  ["pcmu", "g722/16000/1"],
] as const)("two phones of others hear each other: %s and %s", async (callerCodec, calleeCodec) => {
  const server = { address: lab.asterisk.address, port: 5060 };
  const place = { user: "baresip", address: nextAddress() };
  const number = await lab.route([connect(sip(place))]);
  const voices = { caller: CALLER, callee: CALLEE };
  await using caller = await startBaresip({ address: nextAddress(), server, codec: callerCodec, says: voices.caller });
  await using callee = await startBaresip({ ...place, server, codec: calleeCodec, says: voices.callee });
  caller.dial(number);
  await callee.saw("CALL_INCOMING");
  callee.accept();
  await Promise.all([caller.saw("CALL_ESTABLISHED"), callee.saw("CALL_ESTABLISHED")]);
  await eventually("both voices", () => heardBy(caller).includes(CALLEE) && heardBy(callee).includes(CALLER));
  callee.hangup();
  await Promise.all([caller.saw("CALL_CLOSED"), callee.saw("CALL_CLOSED")]);
  expect(heardBy(caller)).toEqual([CALLEE]);
  expect(heardBy(callee)).toEqual([CALLER]);
});

test("of three phones that ring, the one that answers is heard, and the others hear nothing", async () => {
  const phones = await Promise.all(["bob", "eve", "dan"].map((user) => lab.phone({ user })));
  const call = await lab.call([connect(...phones.map(sip))]);
  const [bob, eve, dan] = await Promise.all(phones.map((phone) => phone.rings()));
  if (!bob || !eve || !dan) throw new Error("three phones");
  bob.progress();
  eve.ring();
  await bob.say(tone(THIRD, 300));
  dan.answer();
  await call.answered();
  const losers = await Promise.all([bob.ended(), eve.ended()]);
  expect(losers.map(({ by, status }) => [by, status])).toEqual(Array(2).fill(["them", 487]));
  await Promise.all([call.say(tone(CALLER, 500)), dan.heard(CALLER)]);
  await Promise.all([dan.say(tone(CALLEE, 500)), call.heard(CALLEE)]);
  await call.hangup();
  await dan.ended();
  expect([call, dan, bob, eve].map((one) => [...new Set(tonesHeard(one))])).toEqual([[CALLEE], [CALLER], [], []]);
});

test("when the one who is heard before the answer gives up, it rings, and another can still answer", async () => {
  const [first, second] = [await lab.phone({ user: "bob" }), await lab.phone({ user: "eve" })];
  const option = { destinations: [sip(first), sip(second)], early_media: true };
  const call = await lab.call([{ type: "connect", option }]);
  const [bob, eve] = [await first.rings(), await second.rings()];
  bob.progress();
  await Promise.all([bob.say(tone(THIRD, 500)), call.heard(THIRD)]);
  const before = call.blocks().length;
  bob.refuse(486);
  await eventually("the ring tone", () => call.blocks().findLastIndex(({ heard }) => heard === "other") > before);
  eve.answer();
  await call.answered();
  await Promise.all([eve.say(tone(CALLEE, 500)), call.heard(CALLEE)]);
  await eve.hangup();
  await call.ended();
});

test("a phone that holds lets the other hear music, and both hear each other when it is back", async () => {
  const bob = await lab.phone({ user: "bob" });
  const call = await lab.call([connect(sip(bob))]);
  const ringing = await bob.rings();
  ringing.answer();
  await Promise.all([call.answered(), ringing.answered()]);
  await Promise.all([call.say(tone(CALLER, 300)), ringing.heard(CALLER)]);
  for (const [holder, other, word] of [
    [call, ringing, CALLEE],
    [ringing, call, CALLER],
  ] as const) {
    const before = other.blocks().length;
    expect((await holder.offer("sendonly")).status).toBe(200);
    const hearsMusic = () =>
      other
        .blocks()
        .slice(before)
        .filter(({ heard }) => heard === "other").length > 20;
    await eventually("music", hearsMusic);
    expect((await holder.offer("sendrecv")).status).toBe(200);
    await other.quiet(300);
    await Promise.all([other.say(tone(word, 500)), holder.heard(word)]);
  }
  await ringing.hangup();
  await call.ended();
});

const voiced = (call: Call, codec: CodecName) => ({
  ...call,
  sings: (frequency: number) => call.say(tone(frequency, 500, codec === "g722" ? 16_000 : 8_000)),
});

test.each([
  ["pcmu", "g722"],
  ["g722", "pcmu"],
  ["pcmu", "pcma"],
] as const)(
  "phones that number their packets anew, and lower, after a hold hear each other: %s and %s",
  async (...codecs) => {
    const [anna, bob] = await Promise.all([
      lab.phone({ user: "anna", codecs: [codecs[0]], renumbers: true }),
      lab.phone({ user: "bob", codecs: [codecs[1]], renumbers: true }),
    ]);
    const call = await anna.dial(await lab.route([connect(sip(bob))]));
    const ringing = await bob.rings();
    ringing.answer();
    await Promise.all([call.answered(), ringing.answered()]);
    const [caller, callee] = [voiced(call, codecs[0]), voiced(ringing, codecs[1])];
    for (const [holder, other, [first, second]] of [
      [caller, callee, [CALLEE, CALLER]],
      [callee, caller, [850, 1_100]],
      [caller, callee, [1_400, 1_700]],
    ] as const) {
      await holdAndComeBack(lab, holder);
      await Promise.all([holder.sings(first), other.heard(first)]);
      await Promise.all([other.sings(second), holder.heard(second)]);
    }
    await ringing.hangup();
    await call.ended();
  },
);

test("a phone that wants to transfer the other is refused, and the talk goes on", async () => {
  const bob = await lab.phone({ user: "bob" });
  const call = await lab.call([connect(sip(bob))]);
  const ringing = await bob.rings();
  ringing.answer();
  await Promise.all([call.answered(), ringing.answered()]);
  const target = `<sip:1000@${lab.asterisk.address}>`;
  for (const one of [call, ringing]) {
    const { status } = await one.request("REFER", {
      headers: [
        ["Refer-To", target],
        ["Referred-By", target],
      ],
    });
    expect(status).toBeGreaterThanOrEqual(400);
  }
  await Promise.all([call.say(tone(CALLER, 500)), ringing.heard(CALLER)]);
  await Promise.all([ringing.say(tone(CALLEE, 500)), call.heard(CALLEE)]);
  await ringing.hangup();
  await call.ended();
});
