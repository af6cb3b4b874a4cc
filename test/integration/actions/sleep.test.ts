import { expect, test } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { startLab } from "../../support/lab.ts";

const lab = await startLab();

const TONES = { first: 440, second: 620 } as const;

test("sleep waits for its duration between two prompts", async () => {
  const call = await lab.call([
    { type: "play", option: { stream_urls: [lab.audio.tone(TONES.first)] } },
    { type: "sleep", option: { duration: 1500 } },
    { type: "play", option: { stream_urls: [lab.audio.tone(TONES.second)] } },
  ]);
  const first = await call.heard(TONES.first);
  const second = await call.heard(TONES.second);
  const pauseMs = second.startMs - (first.startMs + first.durationMs);
  expect(pauseMs).toBeGreaterThan(1400);
  expect(pauseMs).toBeLessThan(2300);
});

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
  await lab.ringdown.kill();
  await lab.ringdown.start();
  await eventually("the beep", () => call.lastSoundMs() > 0, 15_000);
  const beepMs = call.blocks().find(({ heard }) => heard !== "silence")?.atMs ?? 0;
  expect(beepMs - answeredMs).toBeGreaterThan(5_500);
  expect(beepMs - answeredMs).toBeLessThan(8_000);
  await call.ended();
});
