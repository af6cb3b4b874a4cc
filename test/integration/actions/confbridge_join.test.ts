import { expect, test } from "vitest";
import { choirOf, hears, hearsMusic, sing } from "../../support/chords.ts";
import { eventually } from "../../support/eventually.ts";
import { type FlowAction, startLab } from "../../support/lab.ts";
import { endedRecord, factsOf } from "../../support/records.ts";
import { aftermathOf, crash, prompt } from "./support.ts";

const lab = await startLab();

const choir = choirOf(440, 620, 850);
const [A, B, C] = [440, 620, 850];
const AFTERWARDS = 1_400;

const confbridge = async (type?: "connect"): Promise<string> =>
  (await lab.api.post("/confbridges", type ? { type } : {})).id;
const join = (confbridge_id: string): FlowAction => ({ type: "confbridge_join", option: { confbridge_id } });
/** Joins, and tells by a tone that the flow goes on. */
const visit = async (id: string) => lab.call([join(id), prompt(lab, AFTERWARDS)]);
const statusOf = async (id: string) => Object(await lab.api.get(`/confbridges/${id}`)).status;

test("who joins is answered and hears the others, not itself; who is alone hears music", async () => {
  const id = await confbridge();
  const first = await visit(id);
  await first.answered();
  await hearsMusic(first);
  const [second, third] = await Promise.all([visit(id), visit(id)]);
  await Promise.all([second.answered(), third.answered()]);
  sing(first, choir, A);
  sing(second, choir, B);
  sing(third, choir, C);
  await Promise.all([hears(first, choir, [B, C]), hears(second, choir, [A, C]), hears(third, choir, [A, B])]);
  await third.hangup();
  await Promise.all([hears(first, choir, [B]), hears(second, choir, [A])]);
  await second.hangup();
  await hearsMusic(first);
  await first.hangup();
  const { facts } = await aftermathOf(lab, third.number);
  expect(facts("conference_left")).toMatchObject([{ confbridge_id: id, why: "hangup" }]);
  expect(await statusOf(id)).toBe("progressing");
});

test("one that there is not is recorded, and the flow goes on", async () => {
  const call = await visit("11111111-1111-4111-8111-111111111111");
  await call.heard(AFTERWARDS);
  await call.ended();
  const { facts, endedReason } = await aftermathOf(lab, call.number);
  expect(facts("action_failed")).toMatchObject([{ action: "confbridge_join", reason: "unknown" }]);
  expect(endedReason).toBe("finished");
});

test("connect: the first hears ringing unanswered, the second answers both, and it ends when one is left", async () => {
  const id = await confbridge("connect");
  const first = await visit(id);
  await first.progressed();
  await eventually(
    "its place",
    async () => Object(await lab.api.get(`/confbridges/${id}`)).conferencecall_ids.length === 1,
  );
  expect(new Set(first.statuses())).toEqual(new Set([100, 180]));
  const second = await visit(id);
  await Promise.all([first.answered(), second.answered()]);
  sing(first, choir, A);
  sing(second, choir, B);
  await Promise.all([hears(first, choir, [B]), hears(second, choir, [A])]);
  await second.hangup();
  await first.heard(AFTERWARDS);
  await first.ended();
  expect(await endedRecord(lab, first.number)).toMatchObject({ hangup_by: "local" });
  await eventually("its end", async () => (await statusOf(id)) === "terminated");
});

test("killed, it keeps its members together; who is let go after that goes on", async () => {
  const id = await confbridge();
  const [first, second] = await Promise.all([visit(id), visit(id)]);
  await Promise.all([first.answered(), second.answered()]);
  sing(first, choir, A);
  sing(second, choir, B);
  await Promise.all([hears(first, choir, [B]), hears(second, choir, [A])]);
  await crash(lab);
  await Promise.all([hears(first, choir, [B]), hears(second, choir, [A])]);
  expect(await lab.api.request("DELETE", `/confbridges/${id}`)).toMatchObject({ status: 200 });
  await Promise.all([first.heard(AFTERWARDS), second.heard(AFTERWARDS)]);
  await Promise.all([first.ended(), second.ended()]);
  const timeline = await lab.timelineOf(first.number);
  expect(factsOf(timeline, "conference_joined")).toHaveLength(1);
  expect(factsOf(timeline, "conference_left")).toMatchObject([{ why: "ended" }]);
});
