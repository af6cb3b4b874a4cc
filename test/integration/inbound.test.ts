import { expect, test } from "vitest";
import { promptsHeard } from "../support/call.ts";
import { eventually } from "../support/eventually.ts";
import { startLab } from "../support/lab.ts";
import { begun, digitsOf, endedRecord, factsOf, runOf, tonePrompt, typesOf } from "../support/records.ts";
import { startRingdown } from "../support/ringdown.ts";

const TONES = { right: 850, exact: 440, longest: 620, shorter: 1100, wrong: 1400 } as const;
const lab = await startLab();

test("the dialled number finds its flow: exactly, else by the longest prefix", async () => {
  for (const [number, frequency] of [
    ["4930123", TONES.exact],
    ["4930*", TONES.longest],
    ["49*", TONES.shorter],
  ] as const) {
    await lab.route([{ type: "answer" }, tonePrompt(lab, frequency)], number);
  }
  const heardBy = async (dialled: string): Promise<readonly number[]> => {
    const call = await lab.dial(dialled);
    await call.ended();
    return promptsHeard(call);
  };
  const dialled = ["4930123", "4930124", "4930", "4989", "49301234"];
  expect(await Promise.all(dialled.map(heardBy))).toEqual([
    [TONES.exact],
    [TONES.longest],
    [TONES.longest],
    [TONES.shorter],
    [TONES.longest],
  ]);
});

test.each(["555000", "+4471234", "nobody", "*9"])(
  "number %s, which nobody has, is refused with 404, at once, and listed with what is missing",
  async (number) => {
    const call = await lab.dial(number);
    expect(await call.ended()).toMatchObject({ by: "refused", status: 404 });
    expect(call.statuses()).toEqual([100, 180, 404]);
    expect(await endedRecord(lab, number)).toMatchObject({
      direction: "incoming",
      source: { type: "sip", target: "caller" },
      destination: { target: number },
      flow_id: null,
      hangup_by: "local",
      hangup_reason: "failed",
      hangup_cause: 1,
    });
    const told = await lab.timelineOf(number);
    expect(typesOf(told)).toEqual(["call_created", "note", "call_hangup"]);
    expect(factsOf(told, "note")).toEqual([{ message: "nobody has this number: POST /v1.0/numbers gives it a flow" }]);
  },
);

test("a number that somebody has is heard to ring before its flow goes on", async () => {
  const call = await lab.call([{ type: "sleep", option: { duration: 300 } }, { type: "answer" }]);
  await call.ended();
  expect(call.statuses()).toEqual([100, 180, 200]);
});

test("a number whose flow was deleted is refused with 404", async () => {
  const flow = await lab.flow([{ type: "answer" }]);
  const { id } = await lab.api.post("/numbers", { number: "300001", call_flow_id: flow });
  const deleted = await lab.api.request("DELETE", `/flows/${flow}`);
  expect([200, 204]).toContain(deleted.status);
  expect(await lab.api.get(`/numbers/${id}`)).toBeTruthy();
  const call = await lab.dial("300001");
  expect(await call.ended()).toMatchObject({ by: "refused", status: 404 });
});

test("a number without a flow is refused with 404", async () => {
  await lab.api.post("/numbers", { number: "300002" });
  const call = await lab.dial("300002");
  expect(await call.ended()).toMatchObject({ by: "refused", status: 404 });
});

test("a flow without actions ends at once, and its call with it", async () => {
  const call = await lab.call([]);
  expect(await call.ended()).toMatchObject({ by: "refused", status: 603 });
  expect(await endedRecord(lab, call.number)).toMatchObject({ hangup_by: "local", hangup_reason: "normal" });
  expect(await runOf(lab, call.number)).toMatchObject({ status: "ended", ended_reason: "finished" });
});

test("the record of a call says who, when and how", async () => {
  const call = await lab.call([{ type: "answer" }, { type: "hangup" }]);
  await call.ended();
  const record = await endedRecord(lab, call.number);
  expect(record).toMatchObject({
    direction: "incoming",
    source: { type: "sip", target: "caller" },
    destination: { type: "tel", target: call.number },
    hangup_by: "local",
    hangup_reason: "normal",
    hangup_cause: 16,
    customer_id: expect.any(String),
    flow_id: expect.any(String),
    activeflow_id: expect.any(String),
  });
  const times = [record.tm_create, record.tm_ringing, record.tm_progressing, record.tm_hangup].map(String);
  expect(times.every((time) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(time))).toBe(true);
  expect(times.toSorted()).toEqual(times);
});

test("the timeline of a call tells its story", async () => {
  const call = await lab.call([
    { type: "answer" },
    { type: "digits_receive", option: { length: 2 } },
    { type: "sleep", option: { duration: 60_000 } },
  ]);
  await call.answered();
  await call.press("42");
  await eventually("both digits", async () => digitsOf(await lab.timelineOf(call.number)) === "42");
  await call.hangup();
  await endedRecord(lab, call.number);
  const timeline = await eventually("the end of the run on the timeline", async () => {
    const told = await lab.timelineOf(call.number);
    return typesOf(told).includes("activeflow_ended") ? told : undefined;
  });
  const started = factsOf(timeline, "action_started").map(({ action }) => action);
  expect(started).toEqual(["answer", "digits_receive", "sleep"]);
  expect(factsOf(timeline, "action_ended").map(({ outcome }) => outcome)).toEqual(["next", "next", "interrupted"]);
  expect(factsOf(timeline, "call_hangup")).toEqual([
    { by: "remote", reason: "normal", cause: 16, words: "normal clearing" },
  ]);
  expect(factsOf(timeline, "activeflow_ended")).toEqual([{ reason: "hangup" }]);
  const times = timeline.map(({ at }) => String(at));
  expect(times.toSorted()).toEqual(times);
  expect(typesOf(timeline).slice(0, 2).toSorted()).toEqual(["activeflow_started", "call_created"]);
});

test.each(["rfc4733", "info"] as const)("keys pressed by %s are those that the flow gets", async (by) => {
  const call = await lab.call([
    { type: "answer" },
    { type: "digits_receive", option: { key: "#", duration: 20_000 } },
    { type: "branch", option: { target_ids: { "0*1199#": "right" } } },
    tonePrompt(lab, TONES.wrong),
    { type: "stop" },
    { id: "right", ...tonePrompt(lab, TONES.right) },
  ]);
  await call.answered();
  await call.press("0*1199#", { by });
  await call.ended();
  expect(promptsHeard(call)).toEqual([TONES.right]);
  expect(digitsOf(await lab.timelineOf(call.number))).toBe("0*1199#");
});

test("when the caller has hung up, the flow that was asked for next runs, with the variables and without audio", async () => {
  const following = await lab.flow([
    { type: "variable_set", option: { key: "after", value: "${before} by ${voipbin.call.source.target}" } },
    { type: "beep" },
    { type: "sleep", option: { duration: 10 } },
  ]);
  const { id: flow } = await lab.api.post("/flows", {
    name: "first",
    actions: [
      { type: "answer" },
      { type: "variable_set", option: { key: "before", value: "called" } },
      { type: "sleep", option: { duration: 60_000 } },
    ],
    on_complete_flow_id: following,
  });
  await lab.api.post("/numbers", { number: "300003", call_flow_id: flow });
  const call = await lab.dial("300003");
  await call.answered();
  await begun(lab, "300003", "sleep");
  await call.hangup();
  const { id: first } = await runOf(lab, "300003");
  const next = await eventually("the run that follows", async () => {
    const runs = await lab.api.list("/activeflows");
    return runs.find((run) => run.reference_activeflow_id === first && run.status === "ended");
  });
  expect(next).toMatchObject({ flow_id: following, ended_reason: "finished" });
  expect(next.variables).toMatchObject({ before: "called", after: "called by caller" });
  const told = await lab.api.list(`/activeflows/${String(next.id)}/timeline`);
  expect(factsOf(told, "action_skipped").map(({ action }) => action)).toEqual(["beep"]);
});

test("a call that is too long is hung up, also one that an earlier process began", async () => {
  await lab.ringdown.stop();
  const environment = { RINGDOWN_MAX_CALL_SECONDS: "4" };
  {
    await using hasty = await startRingdown({ asterisk: lab.asterisk, environment });
    const { id } = await hasty.api.post("/flows", {
      actions: [{ type: "answer" }, { type: "sleep", option: { duration: 60_000 } }],
    });
    await hasty.api.post("/numbers", { number: "300004", call_flow_id: id });
    const calls = await Promise.all([lab.dial("300004"), lab.dial("300004")]);
    await Promise.all(calls.map((call) => call.answered()));
    await hasty.kill();
    await hasty.start();
    for (const call of calls) {
      expect(await call.ended()).toMatchObject({ by: "them" });
      expect(call.story.nowMs()).toBeGreaterThan(3_500);
    }
    const records = await eventually("both records", async () => {
      const all = await hasty.api.list("/calls");
      return all.length === 2 && all.every(({ status }) => status === "hangup") ? all : undefined;
    });
    for (const record of records) expect(record).toMatchObject({ hangup_by: "local", hangup_reason: "timeout" });
  }
  await lab.ringdown.start();
});
