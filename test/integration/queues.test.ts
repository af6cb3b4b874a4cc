import { expect, test } from "vitest";
import { sip } from "../support/addresses.ts";
import { makeQueue, type TestQueue } from "../support/call-centre.ts";
import { eventually } from "../support/eventually.ts";
import { type FlowAction, startLab } from "../support/lab.ts";
import { factsOf } from "../support/records.ts";
import { tone } from "../support/tones.ts";
import { prompt } from "./actions/support.ts";

const lab = await startLab();
const [SAYS, AFTER] = [620, 1100];
const answer: FlowAction = { type: "answer" };
/** A wait that sounds like nothing, so that what sounds is somebody. */
const silence = await lab.flow([{ type: "sleep", option: { duration: 60_000 } }]);
const quietQueue = (options: object = {}) => makeQueue(lab, { wait_flow_id: silence, ...options });
const flowOf = ({ join }: TestQueue) => [answer, join, prompt(lab, AFTER)];

/** Callers who join one after the other. */
async function arrive(queue: TestQueue, count: number) {
  const calls = [];
  for (let place = 0; place < count; place += 1) {
    calls.push(await lab.call(flowOf(queue)));
    await queue.waiting(place + 1);
  }
  return calls;
}

test("callers are served in order, by whichever agent is free, and every agent hears its own caller", async () => {
  const queue = await quietQueue();
  const calls = await arrive(queue, 3);
  const tones = [440, 850, 1700];
  const anna = await queue.agent();
  for (const [index, call] of calls.entries()) {
    const ringing = await anna.phone.rings();
    ringing.answer();
    await queue.caller("service", index);
    await Promise.all([call.say(tone(tones[index] ?? 0, 400)), ringing.heard(tones[index] ?? 0)]);
    await ringing.hangup();
    await call.heard(AFTER);
    await queue.caller("done", index);
  }
  expect(await queue.shown()).toMatchObject({
    total_incoming_count: 3,
    total_serviced_count: 3,
    total_abandoned_count: 0,
  });
});

test("an agent of two queues takes callers of both in the order in which they came, and is busy for both", async () => {
  const [sales, support] = [await quietQueue(), await quietQueue()];
  await arrive(support, 1);
  await arrive(sales, 1);
  const anna = await sales.agent({ tagIds: [sales.tagId, support.tagId] });
  const first = await anna.phone.rings();
  first.answer();
  await support.caller("service");
  await expect(anna.phone.rings(500)).rejects.toThrow("not within");
  await first.hangup();
  (await anna.phone.rings()).answer();
  await sales.caller("service");
});

test("who does not answer is left in peace for a while; the caller keeps its place, and the next agent is rung", async () => {
  const queue = await quietQueue({ ring_time: 1_000, rest_time: 60_000 });
  await arrive(queue, 2);
  const anna = await queue.agent();
  const unanswered = await anna.phone.rings();
  unanswered.ring();
  const bert = await queue.agent({ status: "away" });
  await unanswered.ended();
  await eventually("its rest", async () => (await anna.status()) === "available");
  expect((await queue.callers()).map(({ status, position }) => [status, position])).toEqual([
    ["waiting", 1],
    ["waiting", 2],
  ]);
  await bert.set("available");
  (await bert.phone.rings()).answer();
  await queue.caller("service", 0);
  await expect(anna.phone.rings(500)).rejects.toThrow("not within");
  // Who says that it is there again need not rest.
  await anna.set("available");
  (await anna.phone.rings()).answer();
  await queue.caller("service", 1);
});

test.each([486, 603])("who refuses with %d is offered no caller for a while", async (status) => {
  const queue = await quietQueue({ rest_time: 1_500 });
  await arrive(queue, 1);
  const anna = await queue.agent();
  const refusing = await anna.phone.rings();
  const refusedMs = performance.now();
  refusing.refuse(status);
  (await anna.phone.rings()).answer();
  expect(performance.now() - refusedMs).toBeGreaterThan(1_400);
  await queue.caller("service");
});

test("the last agent logs out while its phone rings: it falls silent, and callers wait on until somebody comes", async () => {
  const queue = await quietQueue();
  await arrive(queue, 2);
  const anna = await queue.agent();
  const ringing = await anna.phone.rings();
  ringing.ring();
  await anna.set("offline");
  expect(await ringing.ended()).toMatchObject({ by: "them", status: 487 });
  await queue.waiting(2);
  expect(await anna.status()).toBe("offline");
  const bert = await queue.agent();
  (await bert.phone.rings()).answer();
  await queue.caller("service", 0);
});

test("an agent who goes away while it talks is not torn from it, and stays away", async () => {
  const queue = await quietQueue();
  await arrive(queue, 2);
  const anna = await queue.agent();
  const ringing = await anna.phone.rings();
  ringing.answer();
  await queue.caller("service");
  await anna.set("away");
  await Promise.all([ringing.say(tone(SAYS, 400))]);
  expect(await anna.status()).toBe("away");
  await ringing.hangup();
  await queue.caller("done");
  await expect(anna.phone.rings(500)).rejects.toThrow("not within");
  expect(await anna.status()).toBe("away");
});

/** An agent with two phones. */
async function twoPhones(queue: TestQueue, ring_method: string) {
  const phones = [await lab.phone({ user: "desk" }), await lab.phone({ user: "mobile" })] as const;
  await lab.api.post("/agents", { name: "Anna", addresses: phones.map(sip), tag_ids: [queue.tagId], ring_method });
  return phones;
}

test("both phones of an agent answer at once: one of them has the caller, the other is let go", async () => {
  const queue = await quietQueue();
  const [call] = await arrive(queue, 1);
  const [desk, mobile] = await twoPhones(queue, "ring_all");
  const both = await Promise.all([desk.rings(), mobile.rings()]);
  for (const one of both) one.answer();
  await queue.caller("service");
  const other = await eventually("one that is let go", () => both.find(({ story }) => story.ending()));
  const [winner] = both.filter((one) => one !== other);
  await Promise.all([call?.say(tone(SAYS, 400)), winner?.heard(SAYS)]);
  expect(other.tones()).toEqual([]);
  await winner?.hangup();
  await call?.heard(AFTER);
  await queue.caller("done");
});

test("the phones of an agent ring one after the other for the same caller, if it wants that", async () => {
  const queue = await quietQueue({ rest_time: 60_000 });
  const [call] = await arrive(queue, 1);
  const [desk, mobile] = await twoPhones(queue, "linear");
  (await desk.rings()).refuse(486);
  const ringing = await mobile.rings();
  ringing.answer();
  await queue.caller("service");
  await Promise.all([call?.say(tone(SAYS, 400)), ringing.heard(SAYS)]);
  await ringing.hangup();
  await call?.heard(AFTER);
});

test("who hangs up while a phone rings takes it back, and it rings for the next", async () => {
  const queue = await quietQueue();
  const [first] = await arrive(queue, 2);
  const anna = await queue.agent();
  const ringing = await anna.phone.rings();
  ringing.ring();
  await first?.hangup();
  expect(await ringing.ended()).toMatchObject({ by: "them", status: 487 });
  (await anna.phone.rings()).answer();
  await queue.caller("service", 1);
  expect(await queue.caller("abandoned", 0)).toMatchObject({ end_reason: "hangup", service_agent_id: null });
  expect(await queue.shown()).toMatchObject({
    total_incoming_count: 2,
    total_serviced_count: 1,
    total_abandoned_count: 1,
  });
});

test("a caller who hangs up in the instant of the answer leaves nobody behind", async () => {
  const queue = await quietQueue();
  const anna = await queue.agent();
  for (let round = 0; round < 5; round += 1) {
    const call = await lab.call(flowOf(queue));
    const ringing = await anna.phone.rings();
    ringing.answer();
    await call.hangup();
    expect(await ringing.ended()).toMatchObject({ by: "them" });
    await eventually("the caller's end", async () => (await queue.callers())[round]?.end_reason === "hangup");
    await eventually("the agent's freedom", async () => (await anna.status()) === "available");
  }
});

test("an agent who changes its status in the instant of its answer ends up with one caller, or none", async () => {
  const queue = await quietQueue();
  await arrive(queue, 1);
  const anna = await queue.agent();
  for (let round = 0; round < 4; round += 1) {
    const ringing = await anna.phone.rings();
    const setting = anna.set("away");
    ringing.answer();
    await setting;
    const caller = await eventually("a decision", async () =>
      (await queue.callers()).find(({ status }) => status === "service" || status === "waiting"),
    );
    if (caller.status === "service") return;
    await ringing.ended();
    await anna.set("available");
  }
});

test("a talk ends when its time is up, or when the caller is kicked; the flow goes on", async () => {
  const queue = await quietQueue({ service_timeout: 1_500, wrap_up_time: 1_000 });
  const [first, second] = await arrive(queue, 2);
  const anna = await queue.agent();
  const ringing = await anna.phone.rings();
  ringing.answer();
  expect(await ringing.ended()).toMatchObject({ by: "them" });
  await first?.heard(AFTER);
  const { duration_service, end_reason } = await queue.caller("done", 0);
  expect(end_reason).toBe("service_timeout");
  expect(duration_service).toBeGreaterThanOrEqual(1_500);
  expect(await anna.status()).toBe("busy");
  const again = await anna.phone.rings();
  again.answer();
  const { id } = await queue.caller("service", 1);
  await lab.api.request("POST", `/queuecalls/${id}/kick`);
  expect(await again.ended()).toMatchObject({ by: "them" });
  await second?.heard(AFTER);
  expect(await queue.caller("done", 1)).toMatchObject({ end_reason: "kicked" });
});

test("a caller who waits is kicked by the id of its call; one whose queue is removed goes on too", async () => {
  const queue = await quietQueue();
  const [first, second] = await arrive(queue, 2);
  const [caller] = await queue.callers();
  const answered = await lab.api.request("POST", `/queuecalls/reference_id/${caller?.reference_id}/kick`);
  expect(answered).toMatchObject({ status: 200, body: { status: "abandoned", end_reason: "kicked" } });
  await first?.heard(AFTER);
  await lab.api.request("DELETE", `/queues/${queue.id}`);
  await second?.heard(AFTER);
  expect(await queue.caller("abandoned", 1)).toMatchObject({ end_reason: "queue_removed" });
});

test("an agent whose phone is not there is tried again after its rest, and takes nobody from the others", async () => {
  const queue = await quietQueue();
  const [call] = await arrive(queue, 1);
  await lab.api.post("/extensions", { extension: "7001" });
  const addresses = [{ type: "extension", target_name: "7001" }];
  const gone = await lab.api.post("/agents", { name: "Gone", addresses, tag_ids: [queue.tagId] });
  const triesOf = async (agentId: string): Promise<number> =>
    factsOf(await lab.timelineOf(call?.number ?? ""), "queuecall_connecting").filter(
      ({ agent_id }) => agent_id === agentId,
    ).length;
  await eventually("a second try", async () => (await triesOf(gone.id)) === 2);
  const bert = await queue.agent();
  (await bert.phone.rings()).answer();
  await queue.caller("service");
  expect(await triesOf(gone.id)).toBeLessThan(5);
});
