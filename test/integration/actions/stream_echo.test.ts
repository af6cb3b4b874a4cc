import { expect, test } from "vitest";
import { startLab } from "../../support/lab.ts";
import { digitsOf } from "../../support/records.ts";
import { tone } from "../../support/tones.ts";
import { aftermathOf, crash, prompt } from "./support.ts";

const TONES = { spoken: 620, again: 1100, after: 850 } as const;
const SPOKEN_MS = 600;
const lab = await startLab();

test("stream_echo answers, sends back what the caller says, collects keys, and goes on when its time is over", async () => {
  const call = await lab.call([
    { type: "stream_echo", option: { duration: 3_500 } },
    { type: "digits_receive", option: { length: 3, duration: 10_000 } },
    { type: "branch", option: { target_ids: { "123": "right" } } },
    { type: "stop" },
    { id: "right", ...prompt(lab, TONES.after) },
  ]);
  await call.answered();
  await call.say(tone(TONES.spoken, SPOKEN_MS));
  await call.heard(TONES.spoken);
  await call.press("123");
  const after = await call.heard(TONES.after);
  expect(after.startMs - (call.story.answeredMs() ?? 0)).toBeGreaterThan(3_300);
  await call.ended();
  expect(digitsOf(await lab.timelineOf(call.number))).toBe("123");
  const { facts } = await aftermathOf(lab, call.number);
  expect(facts("action_failed")).toEqual([]);
});

test("killed while it echoes, the caller is echoed again, and no longer than was asked for", async () => {
  const call = await lab.call([{ type: "stream_echo", option: { duration: 12_000 } }, prompt(lab, TONES.after)]);
  await call.answered();
  await call.say(tone(TONES.spoken, SPOKEN_MS));
  await call.heard(TONES.spoken);
  await crash(lab);
  await call.say(tone(TONES.again, SPOKEN_MS));
  await call.heard(TONES.again);
  const after = await call.heard(TONES.after, 20_000);
  expect(after.startMs - (call.story.answeredMs() ?? 0)).toBeLessThan(14_500);
  await call.ended();
});
