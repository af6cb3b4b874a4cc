import { expect, test } from "vitest";
import { choirOf, hears, hearsMusic, sing } from "../../support/chords.ts";
import { type FlowAction, startLab } from "../../support/lab.ts";
import { begun, factsOf } from "../../support/records.ts";
import { aftermathOf, crash, longPrompt, prompt } from "./support.ts";

const lab = await startLab();

const choir = choirOf(440, 620);
const [A, B] = [440, 620];
const [BEFORE, AFTER, AFTERWARDS] = [850, 1_100, 1_400];

const conference = (fields: object = {}) => lab.api.post("/conferences", { name: "test", ...fields });
const join = (conference_id: string): FlowAction => ({ type: "conference_join", option: { conference_id } });
const visit = async (id: string) => lab.call([join(id), prompt(lab, AFTERWARDS)]);
const kick = async (call: { number: string }) => {
  const { id } = await lab.recordOf(call.number);
  const [stay] = await lab.api.list(`/conferencecalls?reference_id=${id}`);
  expect(await lab.api.request("DELETE", `/conferencecalls/${stay?.id}`)).toMatchObject({
    status: 200,
    body: { status: "leaved", leave_reason: "kicked" },
  });
};

test("the flow before it runs, then the call is in, then the flow after it runs, and the call's own goes on", async () => {
  const pre_flow_id = await lab.flow([{ type: "answer" }, prompt(lab, BEFORE)]);
  const post_flow_id = await lab.flow([prompt(lab, AFTER)]);
  const { id } = await conference({ pre_flow_id, post_flow_id });
  const call = await visit(id);
  await call.heard(BEFORE);
  await hearsMusic(call);
  await kick(call);
  await call.heard(AFTER);
  await call.heard(AFTERWARDS);
  await call.ended();
  const { facts } = await aftermathOf(lab, call.number);
  expect(facts("action_started").map(({ action }) => action)).toEqual([
    "conference_join",
    "answer",
    "play",
    "conference_join",
    "play",
    "play",
  ]);
  expect(facts("conference_joined")).toMatchObject([{ conference_id: id }]);
  expect(facts("conference_left")).toMatchObject([{ conference_id: id, why: "kicked" }]);
});

test("nobody gets into one that is locked, has ended, or never was; the flow goes on each time", async () => {
  const locked = await conference({ locked: true });
  const ended = await conference();
  await lab.api.request("DELETE", `/conferences/${ended.id}`);
  for (const [id, reason] of [
    [locked.id, "locked"],
    [ended.id, "unknown"],
  ] as const) {
    const call = await visit(id);
    await call.heard(AFTERWARDS);
    await call.ended();
    const { facts, endedReason } = await aftermathOf(lab, call.number);
    expect(facts("action_failed")).toMatchObject([{ action: "conference_join", reason }]);
    expect(endedReason).toBe("finished");
  }
});

test("killed in the flow before it, while in it, and in the flow after it, a call goes the whole way once", async () => {
  const pre_flow_id = await lab.flow([{ type: "answer" }, longPrompt(lab, BEFORE, 2_000)]);
  const post_flow_id = await lab.flow([longPrompt(lab, AFTER, 2_000)]);
  const { id } = await conference({ pre_flow_id, post_flow_id });
  const other = await visit(id);
  const call = await visit(id);
  await call.heard(BEFORE);
  await crash(lab);
  await begun(lab, call.number, "conference_join");
  sing(call, choir, A);
  sing(other, choir, B);
  await Promise.all([hears(call, choir, [B]), hears(other, choir, [A])]);
  await crash(lab);
  await Promise.all([hears(call, choir, [B]), hears(other, choir, [A])]);
  await kick(call);
  await call.heard(AFTER);
  await crash(lab);
  await call.heard(AFTERWARDS);
  await call.ended();
  const timeline = await lab.timelineOf(call.number);
  expect(factsOf(timeline, "conference_joined")).toHaveLength(1);
  expect(factsOf(timeline, "conference_left")).toMatchObject([{ why: "kicked" }]);
  expect(factsOf(timeline, "action_failed")).toEqual([]);
  await other.hangup();
});
