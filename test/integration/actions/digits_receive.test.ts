import { expect, test } from "vitest";
import { type Call, tonesHeard } from "../../support/call.ts";
import { type FlowAction, startLab } from "../../support/lab.ts";
import type { DialOptions } from "../../support/phone.ts";
import { aftermathOf, crash, durationOf, longPrompt, prompt, set, stored } from "./support.ts";

const lab = await startLab();

const DIGITS = "voipbin.call.digits";
/** Longer than any wait here that is not for a time-out. */
const PATIENT = { duration: 20_000 };
/** How long a busy machine may take beyond the time that was asked for. */
const LATE_MS = 600;

const receive = (option: Readonly<Record<string, unknown>>): FlowAction => ({ type: "digits_receive", option });

/** Calls a flow that asks for digits between two tones, presses keys after the first; tells digits and time taken. */
const ask = async (
  option: Readonly<Record<string, unknown>>,
  press: (call: Call) => Promise<unknown> = async () => {},
  { during = 440, ...dial }: DialOptions & { during?: number } = {},
) => {
  const first = during === 440 ? prompt(lab, 440) : longPrompt(lab, during, 1_200);
  const call = await lab.call([{ type: "answer" }, first, receive(option), prompt(lab, 620)], dial);
  await call.heard(during);
  await press(call);
  await call.heard(620);
  await call.ended();
  expect(tonesHeard(call)).toEqual([during, 620]);
  const aftermath = await aftermathOf(lab, call.number);
  return { digits: aftermath.variables[DIGITS], tookMs: durationOf(aftermath, "digits_receive") };
};

const keys =
  (text: string, by: "rfc4733" | "info" = "rfc4733") =>
  (call: Call) =>
    call.press(text, { by });

test("digits_receive takes keys of both kinds until there are enough, or one that ends the input", async () => {
  const info = { telephoneEvents: false };
  const table = [
    { option: { length: 4 }, pressed: "12#4" },
    { option: { length: 12 }, pressed: "1234567890*#" },
    { option: { length: 4 }, pressed: "ABCD" },
    { option: { length: 3 }, pressed: "777" },
    { option: { length: 4 }, pressed: "0*55", by: "info", dial: info },
    { option: { length: 2 }, pressed: "88", by: "info" },
    { option: { key: "#" }, pressed: "4021#" },
    { option: { key: "*#" }, pressed: "7*" },
    { option: { key: "#", length: 0 }, pressed: "12#" },
    { option: { key: "#", length: 9 }, pressed: "34#" },
    { option: { key: "#", length: 3 }, pressed: "567" },
    { option: {}, pressed: "5" },
  ] as const;
  await Promise.all(
    table.map(async (row) => {
      const by = "by" in row ? row.by : "rfc4733";
      const dial = "dial" in row ? row.dial : {};
      const { digits, tookMs } = await ask({ ...PATIENT, ...row.option }, keys(row.pressed, by), dial);
      expect(digits, JSON.stringify(row)).toBe(row.pressed);
      expect(tookMs).toBeLessThan(PATIENT.duration / 2);
    }),
  );
});

test("digits_receive ends at its time-outs, with what it has", async () => {
  const table = [
    { option: {}, pressed: "", tookMs: 5_000 },
    { option: { duration: 0 }, pressed: "", tookMs: 0 },
    { option: { duration: 1_500, length: 3 }, pressed: "1", tookMs: 1_500 },
    { option: { duration: 1_000, key: "#" }, pressed: "", tookMs: 1_000 },
    { option: { ...PATIENT, first_timeout: 700 }, pressed: "", tookMs: 700 },
    { option: { ...PATIENT, first_timeout: 700, inter_digit_timeout: 300 }, pressed: "", tookMs: 700 },
    // The first has been pressed in time: no more hurry.
    { option: { duration: 2_500, first_timeout: 1_000, length: 2 }, pressed: "1", tookMs: 2_500 },
    { option: { duration: 600, first_timeout: 5_000, length: 2 }, pressed: "", tookMs: 600 },
    // Keys take their time as well.
    { option: { ...PATIENT, inter_digit_timeout: 900, length: 4 }, pressed: "12", tookMs: undefined },
  ];
  await Promise.all(
    table.map(async ({ option, pressed, tookMs }) => {
      const took = await ask(option, keys(pressed));
      const what = JSON.stringify({ option, pressed });
      expect(took.digits, what).toBe(pressed);
      expect(took.tookMs, what).toBeGreaterThanOrEqual(tookMs ?? 900);
      expect(took.tookMs, what).toBeLessThan((tookMs ?? 900 + 500) + LATE_MS);
    }),
  );
});

test("each further key gets its own time between digits", async () => {
  const { digits, tookMs } = await ask({ ...PATIENT, inter_digit_timeout: 1_000, length: 9 }, async (call) => {
    for (const key of "123") await call.press(key, { gapMs: 500 });
  });
  expect(digits).toBe("123");
  expect(tookMs).toBeGreaterThan(2_000);
});

test("keys pressed during the prompt count, and end the wait before it begins", async () => {
  const [enough, ended, flushed, begun] = await Promise.all([
    ask({ ...PATIENT, length: 2 }, keys("12"), { during: 850 }),
    ask({ ...PATIENT, key: "#" }, keys("3#"), { during: 850 }),
    ask({ duration: 1_000, length: 1, flush: true }, keys("9"), { during: 850 }),
    ask({ duration: 1_500, length: 3, first_timeout: 300 }, keys("7"), { during: 850 }),
  ]);
  expect(enough).toMatchObject({ digits: "12" });
  expect(ended).toMatchObject({ digits: "3#" });
  for (const { tookMs } of [enough, ended]) expect(tookMs).toBeLessThan(LATE_MS);
  expect(flushed).toMatchObject({ digits: "" });
  expect(flushed.tookMs).toBeGreaterThanOrEqual(1_000);
  // The first digit was there: only the whole time counts.
  expect(begun).toMatchObject({ digits: "7" });
  expect(begun.tookMs).toBeGreaterThanOrEqual(1_500);
});

test("what was received stays for the next one, unless it forgets", async () => {
  const call = await lab.call([
    { type: "answer" },
    prompt(lab, 440),
    receive({ ...PATIENT, length: 2 }),
    receive({ ...PATIENT, length: 2 }),
    receive({ ...PATIENT, length: 3 }),
    prompt(lab, 620),
    receive({ ...PATIENT, length: 1, flush: true }),
    prompt(lab, 850),
  ]);
  await call.heard(440);
  await call.press("123");
  await call.heard(620);
  // Pressed before it begins, the key would be forgotten as well.
  await stored(lab, call.number, "action_started", 7);
  await call.press("4");
  await call.heard(850);
  await call.ended();
  expect((await aftermathOf(lab, call.number)).variables).toMatchObject({ [DIGITS]: "4" });
});

test("the keys may come from a variable; bad ones are recorded as failed, and the flow goes on", async () => {
  const call = await lab.call([
    { type: "answer" },
    set("bad", "hash"),
    receive({ ...PATIENT, key: "${bad}" }),
    set("good", "#"),
    prompt(lab, 440),
    receive({ ...PATIENT, key: "${good}" }),
    prompt(lab, 620),
  ]);
  await call.heard(440);
  await call.press("1#");
  await call.ended();
  expect(tonesHeard(call)).toEqual([440, 620]);
  const { variables, facts } = await aftermathOf(lab, call.number);
  expect(variables).toMatchObject({ [DIGITS]: "1#" });
  expect(facts("action_failed")).toEqual([expect.objectContaining({ error: "OptionError" })]);
});

test("keys are taken before the answer, too", async () => {
  const call = await lab.call([prompt(lab, 440), receive({ ...PATIENT, length: 2 }), prompt(lab, 620)]);
  await call.heard(440);
  await call.press("31");
  expect(await call.heard(620)).toMatchObject({ early: true });
  await call.ended();
  expect((await aftermathOf(lab, call.number)).variables).toMatchObject({ [DIGITS]: "31" });
});

test("keys pressed before, during and after a crash all count, once", async () => {
  const call = await lab.call([
    { type: "answer" },
    prompt(lab, 440),
    receive({ ...PATIENT, length: 4 }),
    prompt(lab, 620),
  ]);
  await call.heard(440);
  await call.press("1");
  await stored(lab, call.number, "digit_received");
  await lab.ringdown.kill();
  await call.press("2");
  const starting = lab.ringdown.start();
  await call.press("3");
  await starting;
  await call.press("4");
  await call.ended();
  expect(tonesHeard(call)).toEqual([440, 620]);
  const { variables, facts } = await aftermathOf(lab, call.number);
  expect(variables).toMatchObject({ [DIGITS]: "1234" });
  expect(facts("digit_received").map(({ digit }) => digit)).toEqual(["1", "2", "3", "4"]);
});

test("a crash makes the wait no longer", async () => {
  const call = await lab.call([
    { type: "answer" },
    prompt(lab, 440),
    receive({ duration: 4_000, flush: true }),
    prompt(lab, 620),
  ]);
  await call.heard(440);
  await stored(lab, call.number, "action_started", 3);
  await crash(lab);
  const backAtMs = Date.now();
  await call.heard(620);
  await call.ended();
  const { facts } = await aftermathOf(lab, call.number);
  const [began, ended] = [facts("action_started")[2], facts("action_ended")[2]].map((fact) => fact?.atMs ?? 0);
  const dueAtMs = (began ?? 0) + 4_000;
  expect(ended).toBeGreaterThanOrEqual(dueAtMs);
  // A machine that starts it late ends the wait late, but a wait from anew would take far longer.
  expect(ended).toBeLessThan(Math.max(dueAtMs, backAtMs) + LATE_MS);
});
