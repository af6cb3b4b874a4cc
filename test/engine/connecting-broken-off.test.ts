/** What `voipbin.connect.*` say of a connection that came to no end of its own, also to the flow that follows. */
import { beforeEach, expect, test } from "vitest";
import type { Action } from "../../src/model/action.ts";
import { NIL_UUID } from "../../src/model/identifier.ts";
import { sampleFlow, sampleQueue } from "../contract/storage-samples.ts";
import { eventually } from "../support/eventually.ts";
import { arriveFollowed, toldAfter } from "./followed-run.ts";
import { BOB, connect, EVE, type Meeting, newMeeting, sip } from "./meeting.ts";
import { leave, runIn } from "./one-call.ts";

let meeting: Meeting;
beforeEach(async () => {
  meeting = await newMeeting();
});

/** Out of so many others of ours that it can make few more. */
const arrive = (list: readonly Action[]) => arriveFollowed(meeting, list, 8);
const toldOf = (runId: string) => toldAfter(meeting, runId, "voipbin.connect");

const connected = (count = 1) =>
  eventually("a talk", async () => {
    const { result } = await meeting.storage.activeflows.list(meeting.storage.defaultCustomerId, { pageSize: 1 });
    const facts = await meeting.timelineOf(result[0]?.reference_id ?? "");
    return facts.filter(({ type }) => type === "call_connected").length === count;
  });
const GAVE_UP = { status: "cancel", hangup_reason: "cancel", answered_call_id: NIL_UUID, duration: "0" };
const FAILED = { ...GAVE_UP, status: "failed", hangup_reason: "failed" };
const answeredBy = (answered_call_id: string) => ({
  status: "answered",
  hangup_reason: "normal",
  answered_call_id,
  duration: expect.stringMatching(/^\d+$/),
});

/** Talks with Bob, who hangs up. */
async function talk(): Promise<void> {
  const bob = await meeting.dialled(BOB);
  meeting.answered(bob);
  await connected();
  meeting.failed(bob, 16);
}

test("the caller hangs up while it rings, after a talk with somebody else", async () => {
  await meeting.start();
  const run = await arrive([connect([sip(BOB)]), connect([sip(EVE)])]);
  await talk();
  await meeting.dialled(EVE);
  expect(Object.keys((await runIn(meeting.storage)).variables).join()).not.toContain("voipbin.connect");
  leave(meeting.on.telephony);
  expect(await toldOf(run)).toEqual(GAVE_UP);
});

test("the caller hangs up in the talk", async () => {
  await meeting.start();
  const run = await arrive([connect([sip(BOB)])]);
  const bob = await meeting.dialled(BOB);
  meeting.answered(bob);
  await connected();
  leave(meeting.on.telephony);
  expect(await toldOf(run)).toEqual(answeredBy(bob));
});

test("the run is stopped while it rings", async () => {
  const engine = await meeting.start();
  const run = await arrive([connect([sip(BOB)])]);
  await meeting.dialled(BOB);
  await engine.stopActiveflow(run);
  expect(await toldOf(run)).toEqual(GAVE_UP);
});

test("the list that it is in is interrupted", async () => {
  const engine = await meeting.start();
  const { storage } = meeting;
  const customer_id = storage.defaultCustomerId;
  const wait = sampleFlow({ customer_id, actions: [connect([sip(EVE)])] });
  const queue = sampleQueue({ customer_id, wait_flow_id: wait.id });
  await storage.flows.create(wait);
  await storage.queues.create(queue);
  const join = { id: "q", type: "queue_join", option: { queue_id: queue.id } };
  const run = await arrive([connect([sip(BOB)]), join]);
  await talk();
  await meeting.dialled(EVE);
  await engine.stores.queues.remove(queue.id, customer_id);
  expect(await toldOf(run)).toEqual(GAVE_UP);
});

test.each<[string, Action]>([
  ["its option is bad when it runs", connect([{ type: "${nothing}" as "sip", target: EVE }])],
  ["it makes too many calls", connect(Array.from({ length: 50 }, () => sip(EVE)))],
])("it fails after a talk with somebody else, because %s", async (_, bad) => {
  await meeting.start();
  const run = await arrive([connect([sip(BOB)]), { ...bad, id: "bad" }]);
  await talk();
  expect(await toldOf(run)).toEqual(FAILED);
});

test("an agent's phones can't be rung after a talk with somebody else", async () => {
  await meeting.start();
  const run = await arrive([connect([sip(BOB)]), { id: "x", type: "agent_call", option: { agent_id: "${nothing}" } }]);
  await talk();
  expect(await toldOf(run)).toEqual(FAILED);
});

test.each([true, false])("the caller hangs up while nobody is there (answered: %s)", async (isAnswered) => {
  const first = await meeting.start();
  const run = await arrive([connect([sip(BOB)])]);
  const bob = await meeting.dialled(BOB);
  if (isAnswered) meeting.answered(bob);
  if (isAnswered) await connected();
  meeting.crash(first);
  meeting.on.telephony.present.delete("c1");
  await meeting.start();
  meeting.on.telephony.becomeReachable();
  expect(await toldOf(run)).toEqual(isAnswered ? answeredBy(bob) : GAVE_UP);
});

test("the talk lasted until the caller hung up, however late that is heard of", async () => {
  const first = await meeting.start();
  const run = await arrive([connect([sip(BOB)])]);
  const bob = await meeting.dialled(BOB);
  meeting.answered(bob);
  await connected();
  meeting.crash(first);
  const { reference_id } = await runIn(meeting.storage);
  const call = (await meeting.storage.calls.get(reference_id ?? "")) ?? expect.fail("no call");
  const tm_hangup = new Date(Date.now() + 3_600_000).toISOString();
  await meeting.storage.calls.save({ ...call, status: "hangup", tm_hangup }, []);
  await meeting.start();
  expect(Number((await toldOf(run)).duration)).toBeGreaterThan(3_500_000);
});
