import { expect, test } from "vitest";
import { type Call, promptsHeard } from "../support/call.ts";
import { startLab } from "../support/lab.ts";
import { nextAddress } from "../support/loopback.ts";
import { endedRecord, tonePrompt } from "../support/records.ts";
import { callerScenario } from "../support/sipp/callers.ts";
import { runSipp } from "../support/sipp/run.ts";
import { FREQUENCIES } from "../support/tones.ts";

const lab = await startLab();

/** Every call has a pair of tones that no other has. */
const pairOf = (index: number): readonly [number, number] => {
  const first = index % FREQUENCIES.length;
  const second = (first + 1 + Math.floor(index / FREQUENCIES.length)) % FREQUENCIES.length;
  return [FREQUENCIES[first] ?? 0, FREQUENCIES[second] ?? 0];
};

test.each([2, 10])("%i callers at once each hear their own tones, in order", async (count) => {
  const pairs = Array.from({ length: count }, (_, index) => pairOf(index));
  const numbers = await Promise.all(
    pairs.map(([first, second]) => lab.route([{ type: "answer" }, tonePrompt(lab, first), tonePrompt(lab, second)])),
  );
  const calls: readonly Call[] = await Promise.all(numbers.map((number) => lab.dial(number)));
  await Promise.all(calls.map((call) => call.ended()));
  expect(calls.map(promptsHeard)).toEqual(pairs);
});

test("ten callers of one number each get what they pressed", async () => {
  const keys = FREQUENCIES.map((_, index) => String(index + 1));
  const number = await lab.route([
    { type: "answer" },
    { type: "digits_receive", option: { duration: 10_000 } },
    { type: "branch", option: { target_ids: Object.fromEntries(keys.map((key) => [key, `tone${key}`])) } },
    { type: "stop" },
    ...FREQUENCIES.flatMap((frequency, index) => [
      { ...tonePrompt(lab, frequency), id: `tone${index + 1}` },
      { type: "stop" },
    ]),
  ]);
  const heard = await Promise.all(
    keys.map(async (key) => {
      const call = await lab.dial(number);
      await call.answered();
      await call.press(key);
      await call.ended();
      return promptsHeard(call);
    }),
  );
  expect(heard).toEqual(FREQUENCIES.map((frequency) => [frequency]));
});

test("a phone of others has its calls answered, its key understood, and is hung up", async () => {
  const number = await lab.route([
    { type: "answer" },
    { type: "digits_receive", option: { duration: 10_000 } },
    { type: "branch", option: { target_ids: { "1": "goodbye" } } },
    { type: "sleep", option: { duration: 60_000 } },
    { id: "goodbye", type: "beep" },
    { type: "hangup" },
  ]);
  const result = await runSipp({
    scenario: callerScenario({ keys: "1" }),
    address: nextAddress(),
    server: { address: lab.asterisk.address, port: 5060 },
    number,
    calls: 5,
    callsPerSecond: 5,
  });
  expect(result).toMatchObject({ passed: true });
  expect(await endedRecord(lab, number)).toMatchObject({ hangup_by: "local", hangup_reason: "normal" });
});
