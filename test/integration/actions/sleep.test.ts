import { expect, test } from "vitest";
import { tonesHeard } from "../../support/call.ts";
import { eventually } from "../../support/eventually.ts";
import { startLab } from "../../support/lab.ts";
import { aftermathOf, durationOf, prompt, stored } from "./support.ts";

const lab = await startLab();

test("sleep waits for its duration between two prompts, silent", async () => {
  const call = await lab.call([prompt(lab, 440), sleep(1_500), prompt(lab, 620), sleep(0), prompt(lab, 850)]);
  await call.ended();
  expect(tonesHeard(call)).toEqual([440, 620, 850]);
  const [first, second] = call.tones();
  expect((second?.startMs ?? 0) - (first?.startMs ?? 0)).toBeGreaterThan(1_500);
  const tookMs = durationOf(await aftermathOf(lab, call.number), "sleep");
  expect(tookMs).toBeGreaterThanOrEqual(1_500);
  expect(tookMs).toBeLessThan(2_000);
});

test("keys pressed during the sleep are kept", async () => {
  const call = await lab.call([
    { type: "answer" },
    prompt(lab, 440),
    sleep(1_500),
    { type: "digits_receive", option: { length: 2 } },
    prompt(lab, 620),
  ]);
  await call.heard(440);
  await call.press("42");
  await call.ended();
  const aftermath = await aftermathOf(lab, call.number);
  expect(aftermath.variables).toMatchObject({ "voipbin.call.digits": "42" });
  expect(durationOf(aftermath, "digits_receive")).toBeLessThan(500);
  expect(tonesHeard(call)).toEqual([440, 620]);
});

test("in a loop each sleep is one of its own", async () => {
  const call = await lab.call([
    { ...sleep(300), id: "again" },
    prompt(lab, 440),
    { type: "goto", option: { target_id: "again", loop_count: 1 } },
  ]);
  await call.ended();
  const [first, second] = call.tones();
  expect((second?.startMs ?? 0) - (first?.startMs ?? 0)).toBeGreaterThan(240 + 300);
});

test.each([{}, { duration: -1 }, { duration: 1.5 }, { duration: "1000" }, { duration: 86_400_001 }, { seconds: 1 }])(
  "sleep with %j is refused when the flow is made",
  async (option) => {
    const flow = { name: "bad", actions: [{ type: "sleep", option }] };
    expect(await lab.api.request("POST", "/flows", flow)).toMatchObject({ status: 400 });
  },
);

test("a hangup ends the sleep at once", async () => {
  const call = await lab.call([{ type: "answer" }, { type: "sleep", option: { duration: 60_000 } }]);
  await call.answered();
  await call.hangup();
  const record = await eventually("the record of the hangup", async () => {
    const found = await lab.recordOf(call.number);
    return found.status === "hangup" ? found : undefined;
  });
  expect(record).toMatchObject({ hangup_by: "remote", hangup_reason: "normal", hangup_cause: 16 });
});

test("killed while it sleeps, the flow goes on when the sleep was due, and not later", async () => {
  const call = await lab.call([{ type: "answer" }, { type: "sleep", option: { duration: 6_000 } }, { type: "beep" }]);
  await call.answered();
  const answeredMs = call.story.nowMs();
  // Killed before it had begun, it would begin after the restart.
  await stored(lab, call.number, "action_started", 2);
  await lab.ringdown.kill();
  await lab.ringdown.start();
  const backMs = call.story.nowMs();
  await eventually("the beep", () => call.lastSoundMs() > 0, 15_000);
  const beepMs = call.blocks().find(({ heard }) => heard !== "silence")?.atMs ?? 0;
  expect(beepMs - answeredMs).toBeGreaterThan(5_500);
  // A machine that starts it late ends the sleep late, but a sleep from anew would take far longer.
  expect(beepMs).toBeLessThan(Math.max(answeredMs + 6_000, backMs) + 2_000);
  await call.ended();
});

const sleep = (duration: number) => ({ type: "sleep", option: { duration } });
