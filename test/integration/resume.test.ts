import { expect, test } from "vitest";
import { promptsHeard } from "../support/call.ts";
import { eventually } from "../support/eventually.ts";
import { type FlowAction, type Lab, startLab } from "../support/lab.ts";
import { begun, digitsOf, endedRecord, factsOf, runOf, tonePrompt } from "../support/records.ts";

/** What `kill -9`, or an orderly stop, does to calls: nothing that a caller would hear. */
const lab = await startLab();

const [FIRST, SECOND, THIRD] = [440, 620, 850];
const answer: FlowAction = { type: "answer" };
const key: FlowAction = { type: "digits_receive", option: { duration: 20_000 } };

const crash = async ({ ringdown }: Lab): Promise<void> => {
  await ringdown.kill();
  await ringdown.start();
};
const stopAndStart = async ({ ringdown }: Lab): Promise<void> => {
  await ringdown.stop();
  await ringdown.start();
};

/** Until Asterisk has noticed, it sends events to a socket that nobody reads any more. */
const killAndBeMissed = async ({ ringdown, asterisk }: Lab): Promise<void> => {
  const farewells = () => asterisk.output.lines.filter((line) => line.includes("Websocket disconnected")).length;
  const before = farewells();
  await ringdown.kill();
  await eventually("Asterisk's notice", () => farewells() > before);
};

test.each([
  ["killed", (): Promise<void> => lab.ringdown.kill()],
  ["stopped", (): Promise<void> => lab.ringdown.stop()],
])("who calls while Ringdown is %s hears ringing, then the flow", async (_how, end) => {
  const number = await lab.route([answer, tonePrompt(lab, FIRST)]);
  await end();
  const call = await lab.dial(number);
  await call.progressed();
  expect(call.statuses()).toEqual([100, 180]);
  await lab.ringdown.start();
  await call.ended();
  expect(call.statuses()).toEqual([100, 180, 200]);
  expect(promptsHeard(call)).toEqual([FIRST]);
  expect(await endedRecord(lab, number)).toMatchObject({ hangup_by: "local", hangup_reason: "normal" });
});

test("keys pressed while nobody was there count, and the caller who hung up then is on record", async () => {
  const pressing = await lab.call([
    answer,
    { type: "digits_receive", option: { length: 3, duration: 30_000 } },
    { type: "branch", option: { target_ids: { "479": "right" } } },
    tonePrompt(lab, FIRST),
    { type: "stop" },
    { id: "right", ...tonePrompt(lab, SECOND) },
  ]);
  const leaving = await lab.call([answer, { type: "sleep", option: { duration: 60_000 } }]);
  await Promise.all([pressing.answered(), leaving.answered()]);
  await pressing.press("4");
  await eventually("the first key", async () => digitsOf(await lab.timelineOf(pressing.number)) === "4");
  await killAndBeMissed(lab);
  await pressing.press("79");
  await leaving.hangup();
  await lab.ringdown.start();
  await pressing.ended();
  expect(promptsHeard(pressing)).toEqual([SECOND]);
  expect(digitsOf(await lab.timelineOf(pressing.number))).toBe("479");
  expect(await endedRecord(lab, leaving.number)).toMatchObject({ hangup_by: "remote", hangup_cause: 16 });
  await eventually("the end of its run", async () => (await runOf(lab, leaving.number)).ended_reason === "hangup");
});

test("who called and gave up while nobody was there leaves nothing", async () => {
  const number = await lab.route([answer, { type: "sleep", option: { duration: 60_000 } }]);
  await lab.ringdown.kill();
  const call = await lab.dial(number);
  await call.progressed();
  await call.hangup();
  await lab.ringdown.start();
  const calls = await lab.api.list("/calls");
  const ofNumber = calls.filter(({ destination }) => JSON.stringify(destination).includes(`"${number}"`));
  for (const record of ofNumber) {
    await eventually("its end", async () => {
      const { status } = Object(await lab.api.get(`/calls/${String(record.id)}`));
      return status === "hangup";
    });
  }
});

test.each([
  ["a crash", crash],
  ["two crashes in a row", async () => [await crash(lab), await crash(lab)]],
  ["a stop and start", stopAndStart],
])("after %s, calls go on where they were, each hearing every prompt once", async (_what, interrupt) => {
  const playing = [answer, tonePrompt(lab, FIRST), tonePrompt(lab, SECOND), tonePrompt(lab, THIRD)];
  const waiting = [
    answer,
    { type: "variable_set", option: { key: "wanted", value: "5" } },
    tonePrompt(lab, THIRD),
    { type: "digits_receive", option: { length: 2, duration: 30_000 } },
    {
      type: "condition_variable",
      option: {
        condition: "==",
        variable: "${voipbin.call.digits}",
        value_type: "string",
        value_string: "${wanted}6",
        false_target_id: "wrong",
      },
    },
    tonePrompt(lab, FIRST),
    { type: "stop" },
    { id: "wrong", ...tonePrompt(lab, SECOND) },
  ];
  const sleeping = [answer, { type: "sleep", option: { duration: 3_000 } }, tonePrompt(lab, SECOND)];
  const [first, second, third] = await Promise.all([playing, waiting, sleeping].map((actions) => lab.call(actions)));
  if (!first || !second || !third) throw new Error("three calls were placed");
  await first.heard(FIRST);
  await begun(lab, second.number, "digits_receive");
  await second.press("5");
  await interrupt(lab);
  await second.press("6");
  await Promise.all([first, second, third].map((call) => call.ended()));
  expect([first, second, third].map(promptsHeard)).toEqual([[FIRST, SECOND, THIRD], [THIRD, FIRST], [SECOND]]);
  for (const { number } of [first, second, third]) {
    expect(await endedRecord(lab, number)).toMatchObject({ hangup_by: "local", hangup_reason: "normal" });
    expect(await runOf(lab, number)).toMatchObject({ status: "ended" });
  }
});

test("loops are counted on, not anew", async () => {
  const call = await lab.call([
    answer,
    { id: "again", ...tonePrompt(lab, FIRST) },
    { type: "variable_set", option: { key: "rounds", value: "${rounds}x" } },
    tonePrompt(lab, SECOND),
    { type: "goto", option: { target_id: "again", loop_count: 3 } },
  ]);
  await call.heard(SECOND);
  await crash(lab);
  await call.ended(20_000);
  expect(promptsHeard(call)).toEqual([FIRST, SECOND, FIRST, SECOND, FIRST, SECOND, FIRST, SECOND]);
  expect(await runOf(lab, call.number)).toMatchObject({ variables: { rounds: "xxxx" } });
});

test("when Asterisk is gone, its calls have ended; when it is back, new ones work, without our restart", async () => {
  const calls = await Promise.all([lab.call([answer, key]), lab.call([answer, tonePrompt(lab, FIRST, 20_000)])]);
  await Promise.all(calls.map((call) => call.answered()));
  await eventually("the prompt", () => (calls[1]?.lastSoundMs() ?? 0) > 0);
  await lab.asterisk.kill();
  await eventually("no readiness", async () => (await fetch(`${lab.api.base}/readyz`)).status === 503);
  await lab.asterisk.start();
  await eventually("readiness", async () => (await fetch(`${lab.api.base}/readyz`)).status === 200);
  for (const { number } of calls) {
    expect(await endedRecord(lab, number)).toMatchObject({ status: "hangup" });
    await eventually("the end of the run", async () => (await runOf(lab, number)).ended_reason === "lost");
  }
  const next = await lab.call([answer, tonePrompt(lab, SECOND)]);
  await next.ended();
  expect(promptsHeard(next)).toEqual([SECOND]);
  expect(factsOf(await lab.timelineOf(next.number), "call_answered")).toHaveLength(1);
});
