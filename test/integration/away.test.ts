import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type Asterisk, startAsterisk } from "../support/asterisk.ts";
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
    await heartbeat(secondsAgo(1));
    const call = await phone.dial(number);
    await call.progressed();
    expect(call.statuses()).toEqual([100, 180]);
    await call.hangup();
    await call.ended();
  },
);

test("a call that was never Ringdown's causes no event for it", () => {
  const queued = asterisk.output.lines.filter((line) => line.includes("'StasisStart'"));
  expect(queued).toHaveLength(5);
});

test("Asterisk starts without a warning", () => {
  const boot = asterisk.output.lines.slice(
    0,
    asterisk.output.lines.findIndex((line) => line.includes("Asterisk Ready")),
  );
  expect(boot.filter((line) => /WARNING|ERROR/.test(line))).toEqual([]);
});
