import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { eventually } from "../support/eventually.ts";
import { type FlowAction, startLab } from "../support/lab.ts";
import { begun, endedRecord, factsOf, runOf, tonePrompt } from "../support/records.ts";
import { seeded } from "../support/seeded.ts";

/** Callers hang up whenever they like; after each test, the lab looks for what was left in Asterisk. */
const lab = await startLab();

const LONG_MS = 60_000;
const BY_CALLER = { status: "hangup", hangup_by: "remote", hangup_reason: "normal" } as const;
const answer: FlowAction = { type: "answer" };
const longPrompt = tonePrompt(lab, 440, 20_000);
const LONG_TEXT = "This sentence is said again and again. ".repeat(10);

const runEnded = (number: string) =>
  eventually("the end of the run", async () => {
    const run = await runOf(lab, number);
    return run.status === "ended" ? run : undefined;
  });

test.each<[string, FlowAction[], string]>([
  ["sleep", [{ type: "sleep", option: { duration: LONG_MS } }], "sleep"],
  ["digits_receive", [{ type: "digits_receive", option: { duration: LONG_MS } }], "digits_receive"],
  ["play as early media", [longPrompt], "play"],
])("a caller who gives up before the answer, in the middle of %s, leaves nothing", async (_name, actions, type) => {
  const call = await lab.call(actions);
  await call.progressed();
  await begun(lab, call.number, type);
  if (type === "play") await eventually("the prompt", () => call.lastSoundMs() > 0);
  await call.hangup();
  expect(await call.ended()).toMatchObject({ by: "cancelled", status: 487 });
  expect(await endedRecord(lab, call.number)).toMatchObject({ ...BY_CALLER, tm_progressing: null });
  expect(await runEnded(call.number)).toMatchObject({ ended_reason: "hangup" });
});

test.each<[string, FlowAction]>([
  ["sleep", { type: "sleep", option: { duration: LONG_MS } }],
  ["digits_receive", { type: "digits_receive", option: { duration: LONG_MS, length: 2 } }],
  ["play", longPrompt],
  ["talk", { type: "talk", option: { text: LONG_TEXT } }],
])("a caller who hangs up in the middle of %s leaves nothing, and no further action begins", async (type, action) => {
  const call = await lab.call([answer, action, { type: "beep" }]);
  await call.answered();
  await begun(lab, call.number, type);
  if (type === "play" || type === "talk") await eventually("the prompt", () => call.lastSoundMs() > 0);
  if (type === "digits_receive") await call.press("1");
  await call.hangup();
  expect(await endedRecord(lab, call.number)).toMatchObject({ ...BY_CALLER, hangup_cause: 16 });
  expect(await runEnded(call.number)).toMatchObject({ ended_reason: "hangup" });
  const begunActions = factsOf(await lab.timelineOf(call.number), "action_started").map(({ action }) => action);
  expect(begunActions).toEqual(["answer", type]);
});

test("a reason that the caller's phone gives is on record", async () => {
  const call = await lab.call([answer, { type: "sleep", option: { duration: LONG_MS } }]);
  await call.answered();
  await call.hangup('Q.850;cause=27;text="out of order"');
  expect(await endedRecord(lab, call.number)).toMatchObject({ hangup_by: "remote", hangup_cause: 27 });
});

/** From before the INVITE was read to the middle of the prompts. */
const MOMENTS = { seed: 20_240_601, count: 24, latestMs: 300 } as const;
const FLOWS: readonly (readonly FlowAction[])[] = [
  [answer, longPrompt],
  [longPrompt],
  [{ type: "talk", option: { text: LONG_TEXT } }],
  [answer, { type: "beep" }, { type: "digits_receive", option: { duration: LONG_MS } }],
  [{ type: "sleep", option: { duration: LONG_MS } }],
  [
    answer,
    { type: "variable_set", option: { key: "a", value: "b" } },
    { type: "sleep", option: { duration: LONG_MS } },
  ],
];

test(`${MOMENTS.count} callers who hang up at any moment leave nothing`, async () => {
  const random = seeded(MOMENTS.seed);
  const numbers = await Promise.all(FLOWS.map((actions) => lab.route(actions)));
  const phone = await lab.phone();
  const moments = Array.from({ length: MOMENTS.count }, (_, index) => ({
    number: numbers[index % numbers.length] ?? "",
    // Every fourth at once: the CANCEL follows the first response.
    afterMs: index % 4 === 0 ? 0 : Math.round(random() * MOMENTS.latestMs),
  }));
  await Promise.all(
    moments.map(async ({ number, afterMs }) => {
      const call = await phone.dial(number);
      await pause(afterMs);
      await call.hangup();
      expect(["us", "cancelled"]).toContain((await call.ended()).by);
    }),
  );
  const isOfThese = ({ destination }: { destination?: unknown }) =>
    numbers.some((number) => JSON.stringify(destination).includes(`"${number}"`));
  await eventually("every call and run over", async () => {
    const records = (await lab.api.list("/calls")).filter(isOfThese);
    const endings = records.map(({ status, hangup_by, hangup_reason }) => ({ status, hangup_by, hangup_reason }));
    expect(endings).toEqual(records.map(() => BY_CALLER));
    const ids = new Set(records.map(({ id }) => id));
    const runs = (await lab.api.list("/activeflows")).filter(({ reference_id }) => ids.has(reference_id));
    expect(runs).toHaveLength(records.length);
    for (const run of runs) expect(run).toMatchObject({ status: "ended", ended_reason: "hangup" });
    return true;
  });
});
