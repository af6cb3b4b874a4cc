import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { type Call, promptsHeard } from "../support/call.ts";
import { eventually } from "../support/eventually.ts";
import { type FlowAction, startLab } from "../support/lab.ts";
import { digitsOf, endedRecord, factsOf, runOf, tonePrompt } from "../support/records.ts";
import { seeded } from "../support/seeded.ts";

const lab = await startLab();

const TONE = { early: 440, first: 620, second: 850, right: 1100, last: 1700, wrong: 2450 } as const;
const wrongIf = { false_target_id: "wrong" };

/** Every action of the language that waits or decides; whoever presses other keys than these hears another tone. */
const flowFor = (keys: string): readonly FlowAction[] => [
  { type: "condition_call_status", option: { status: "ringing", ...wrongIf } },
  { type: "sleep", option: { duration: 300 } },
  tonePrompt(lab, TONE.early),
  { type: "answer" },
  { type: "beep" },
  { id: "again", ...tonePrompt(lab, TONE.first) },
  { type: "variable_set", option: { key: "rounds", value: "${rounds}x" } },
  tonePrompt(lab, TONE.second),
  { type: "goto", option: { target_id: "again", loop_count: 1 } },
  { type: "talk", option: { text: "Now press three keys." } },
  { type: "digits_receive", option: { length: keys.length, duration: 30_000 } },
  { type: "condition_call_digits", option: { length: keys.length, ...wrongIf } },
  {
    type: "condition_variable",
    option: { condition: "==", variable: "rounds", value_type: "string", value_string: "xx", ...wrongIf },
  },
  { type: "branch", option: { target_ids: { [keys]: "right" }, default_target_id: "wrong" } },
  { id: "wrong", ...tonePrompt(lab, TONE.wrong) },
  { type: "hangup", option: { reason: "failed" } },
  { id: "right", ...tonePrompt(lab, TONE.right) },
  { type: "condition_datetime", option: { condition: ">=", hour: 0, ...wrongIf } },
  { type: "sleep", option: { duration: 500 } },
  tonePrompt(lab, TONE.last),
  { type: "stop" },
];
const HEARD = [TONE.early, TONE.first, TONE.second, TONE.first, TONE.second, TONE.right, TONE.last];
const ROUND = ["play", "variable_set", "play", "goto"];
const DONE = [
  ...["condition_call_status", "sleep", "play", "answer", "beep", ...ROUND, ...ROUND, "talk", "digits_receive"],
  ...["condition_call_digits", "condition_variable", "branch", "play", "condition_datetime", "sleep", "play", "stop"],
];

const KILLS = { seed: 4_711, count: 12, longestLifeMs: 1_500 } as const;
/** What each caller presses; one comes after the other. */
const CALLERS = ["123", "0*7", "##5", "908"];
const NEXT_CALLER_MS = 4_000;
const LIMIT_MS = 90_000;

/** A key that Asterisk has told us of and that we have not read is lost with us: nobody is killed just then. */
const keysOnTheirWay = new Set<Promise<unknown>>();
const kill = async (): Promise<void> => {
  await Promise.all(keysOnTheirWay);
  await lab.ringdown.kill();
};

const press = async (call: Call, number: string, key: string, count: number): Promise<void> => {
  await call.press(key);
  await eventually("the key", async () => digitsOf(await lab.timelineOf(number)).length === count, LIMIT_MS);
};

/** A caller who listens to both rounds, then presses keys. */
const listenAndPress = async (number: string, keys: string): Promise<Call> => {
  const call = await lab.dial(number);
  for (let round = 0; round < 2; round += 1) await call.heard(TONE.second, LIMIT_MS);
  for (const [index, key] of [...keys].entries()) {
    const pressed = press(call, number, key, index + 1);
    keysOnTheirWay.add(pressed);
    await pressed.finally(() => keysOnTheirWay.delete(pressed));
  }
  await call.ended(LIMIT_MS);
  return call;
};

const killAndStart = async (round: number, random: () => number): Promise<void> => {
  await kill();
  const starting = lab.ringdown.start();
  // Every third dies once more while it takes its calls back, or soon after.
  if (round % 3 !== 2) return starting;
  const killing = pause(random() * KILLS.longestLifeMs).then(kill);
  await Promise.all([starting.catch(() => "killed before it was ready"), killing]);
  await lab.ringdown.start();
};

test(
  `killed ${KILLS.count} times at any moment, its callers notice nothing but pauses`,
  async () => {
    const random = seeded(KILLS.seed);
    const numbers = await Promise.all(CALLERS.map((keys) => lab.route(flowFor(keys))));
    const callers = numbers.map(async (number, index) => {
      await pause(index * NEXT_CALLER_MS);
      return listenAndPress(number, CALLERS[index] ?? "");
    });
    const killing = async (): Promise<void> => {
      for (let round = 0; round < KILLS.count; round += 1) {
        await pause(random() * KILLS.longestLifeMs);
        await killAndStart(round, random);
      }
    };
    const [calls] = await Promise.all([Promise.all(callers), killing()]);

    expect(calls.map(promptsHeard)).toEqual(CALLERS.map(() => HEARD));
    for (const [index, number] of numbers.entries()) {
      expect(await endedRecord(lab, number)).toMatchObject({ hangup_by: "local", hangup_reason: "normal" });
      const run = await eventually("the end of the run", async () => {
        const shown = await runOf(lab, number);
        return shown.status === "ended" ? shown : undefined;
      });
      expect(run).toMatchObject({ ended_reason: "stopped", variables: { rounds: "xx" } });
      const timeline = await lab.timelineOf(number);
      expect(factsOf(timeline, "action_started").map(({ action }) => action)).toEqual(DONE);
      expect(factsOf(timeline, "action_failed")).toEqual([]);
      expect(digitsOf(timeline)).toBe(CALLERS[index]);
    }
  },
  LIMIT_MS + 30_000,
);
