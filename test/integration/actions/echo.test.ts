import { expect, test } from "vitest";
import type { Call } from "../../support/call.ts";
import { startLab } from "../../support/lab.ts";
import { tone } from "../../support/tones.ts";
import { aftermathOf, crash, durationOf, prompt } from "./support.ts";

const lab = await startLab();
const echo = (duration?: number) => ({ type: "echo", option: duration === undefined ? {} : { duration } });

/** Speaks until it is heard back; the echo may still be on its way into the call. */
const speak = async (call: Call): Promise<void> => {
  await call.say(tone(1_100, 600));
  await call.heard(1_100);
};

test("echo answers, sends the voice back for its duration, and the flow goes on", async () => {
  const call = await lab.call([echo(3_000), prompt(lab, 440)]);
  await call.answered();
  await speak(call);
  await call.heard(440);
  await call.ended();
  const aftermath = await aftermathOf(lab, call.number);
  const tookMs = durationOf(aftermath, "echo");
  expect(tookMs).toBeGreaterThanOrEqual(3_000);
  expect(tookMs).toBeLessThan(4_500);
});

test("keys pressed during echo are collected, and a hangup ends it at once", async () => {
  const call = await lab.call([echo()]);
  await call.answered();
  await speak(call);
  await call.press("42");
  await call.hangup();
  const aftermath = await aftermathOf(lab, call.number);
  expect(aftermath.variables).toMatchObject({ "voipbin.call.digits": "42" });
  expect(aftermath.record).toMatchObject({ hangup_by: "remote" });
});

test("killed during echo, the voice comes back all the while, and the flow goes on", async () => {
  const call = await lab.call([echo(12_000), prompt(lab, 440)]);
  await call.answered();
  await speak(call);
  await crash(lab);
  await speak(call);
  await call.heard(440);
  await call.ended();
});

test("a caller who hangs up while nobody is there leaves nothing of echo", async () => {
  const call = await lab.call([echo(60_000)]);
  await call.answered();
  await speak(call);
  await lab.ringdown.kill();
  await call.hangup();
  await lab.ringdown.start();
  expect((await aftermathOf(lab, call.number)).endedReason).toBe("hangup");
});

test.each([{ duration: -1 }, { duration: "5000" }, { seconds: 5 }])("echo with %j is refused", async (option) => {
  const flow = { name: "bad", actions: [{ type: "echo", option }] };
  expect(await lab.api.request("POST", "/flows", flow)).toMatchObject({ status: 400 });
});
