import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type Asterisk, startAsterisk } from "../support/asterisk.ts";
import { eventually } from "../support/eventually.ts";
import { expectNothingLeft } from "../support/lab.ts";
import { nextAddress } from "../support/loopback.ts";
import { type Phone, startPhone } from "../support/phone.ts";

/** The announcement is played twice. */
const ANNOUNCEMENT_MS = 20_000;

let asterisk: Asterisk;
let phone: Phone;

beforeAll(async () => {
  asterisk = await startAsterisk();
  phone = await startPhone({ address: nextAddress(), server: { address: asterisk.address, port: 5060 } });
});
afterEach(() => expectNothingLeft(asterisk));
afterAll(async () => {
  await phone.close();
  await asterisk.stop();
});

/** Calls that wait for Ringdown, as Asterisk tells of their queued events. */
const arrivals = () => asterisk.output.lines.filter((line) => line.includes("'StasisStart'"));
const secondsAgo = (age: number): number => Math.floor(Date.now() / 1000) - age;
const heartbeat = (epochSeconds: number): Promise<unknown> =>
  asterisk.ari("POST", `/asterisk/variable?variable=RINGDOWN_HEARTBEAT&value=${epochSeconds}`);

test.each([
  ["was never there", undefined],
  ["has been away for a minute", 60],
])("when Ringdown %s, the caller is told so before the answer, and refused", async (_when, age) => {
  if (age !== undefined) await heartbeat(secondsAgo(age));
  const call = await phone.dial("1000");
  const end = await call.ended(ANNOUNCEMENT_MS);
  expect(call.statuses()).toEqual([100, 183, 500]);
  expect(end).toMatchObject({ by: "refused", reason: "Q.850;cause=38" });
  expect(call.blocks().filter(({ heard }) => heard === "other").length).toBeGreaterThan(100);
});

test.each(["1000", "+4930123456", "*8", "x", "hello"])(
  "when Ringdown is away for a moment, who dials %s hears ringing",
  async (number) => {
    await heartbeat(secondsAgo(10));
    const call = await phone.dial(number);
    await call.progressed();
    expect(call.statuses()).toEqual([100, 180]);
    await call.hangup();
    await call.ended();
  },
);

test("while Ringdown is there, nobody hears ringing before it has found the number", async () => {
  await heartbeat(secondsAgo(1));
  const call = await phone.dial("1000");
  await eventually("its arrival in Stasis", () => arrivals().length === 6);
  await call.hangup();
  await call.ended();
  expect(call.statuses()).toEqual([100, 487]);
});

test("a call that was never Ringdown's causes no event for it", () => {
  expect(arrivals()).toHaveLength(6);
});

test("Asterisk starts without a warning", () => {
  const boot = asterisk.output.lines.slice(
    0,
    asterisk.output.lines.findIndex((line) => line.includes("Asterisk Ready")),
  );
  expect(boot.filter((line) => /WARNING|ERROR/.test(line))).toEqual([]);
});
