import { beforeEach, expect, test } from "vitest";
import { type CallCentre, openCallCentre } from "./call-centre.ts";

let centre: CallCentre;

beforeEach(async () => {
  centre = await openCallCentre();
  return () => expect(centre.failures).toEqual([]);
});

test("callers are served in order, each by the agent who is free", async () => {
  const queue = await centre.queue();
  const anna = await centre.agent("anna");
  await centre.arriveInTurn(queue.id, "c1", "c2", "c3");
  expect(centre.log).toEqual(["anna rings for c1"]);
  expect([centre.statusOf(anna), centre.placeOf("c1")?.status]).toEqual(["ringing", "connecting"]);
  expect(["c1", "c2", "c3"].map((name) => centre.computed(name, "voipbin.queuecall.position"))).toEqual([
    "1",
    "2",
    "3",
  ]);
  centre.answer(centre.ringOf(anna));
  await centre.time.pass(100);
  expect([centre.statusOf(anna), centre.placeOf("c1")?.status]).toEqual(["busy", "service"]);
  expect(["c1", "c2", "c3"].map((name) => centre.computed(name, "voipbin.queuecall.position"))).toEqual([
    undefined,
    "1",
    "2",
  ]);
  centre.end(centre.ringOf(anna));
  await centre.settle();
  expect(centre.ended("c1")).toEqual(["done", "served"]);
  expect(centre.log.slice(-2)).toEqual(["c1 goes on: served", "anna rings for c2"]);
  expect(centre.kept.queues.get(queue.id)).toMatchObject({
    total_incoming_count: 3,
    total_serviced_count: 1,
    total_abandoned_count: 0,
  });
});

test("lists show callers in the order in which they are served, also those of one millisecond", async () => {
  const queue = await centre.queue();
  const names = ["c1", "c2", "c3", "c4", "c5"];
  for (const name of names) centre.arrive(queue.id, name);
  await centre.settle();
  const places = names.map((name) => centre.placeOf(name));
  expect(new Set(places.map((place) => place?.tm_create)).size).toBe(names.length);
  const byTime = places.toSorted((one, other) => ((one?.tm_create ?? "") < (other?.tm_create ?? "") ? -1 : 1));
  const byTicket = places.toSorted((one, other) => (one?.ticket ?? 0) - (other?.ticket ?? 0));
  expect(byTime).toEqual(byTicket);
});

test("while it waits, a call knows its queue; afterwards only how it ended", async () => {
  const queue = await centre.queue({ name: "sales", detail: "north", wait_timeout: 90_000 });
  await centre.arriveInTurn(queue.id, "c1");
  await centre.time.pass(1_500);
  const { variables } = centre.flowOf("c1");
  expect(Object.fromEntries(variables)).toEqual({
    "voipbin.queue.id": queue.id,
    "voipbin.queue.name": "sales",
    "voipbin.queue.detail": "north",
    "voipbin.queuecall.id": centre.placeOf("c1")?.id,
    "voipbin.queuecall.timeout_wait": "90000",
    "voipbin.queuecall.timeout_service": "0",
  });
  expect(centre.computed("c1", "voipbin.queuecall.status")).toBe("waiting");
  expect(centre.computed("c1", "voipbin.queuecall.duration_waiting")).toBe("1500");
  await centre.queues.kick(centre.placeOf("c1")?.id ?? "");
  await centre.time.pass(50);
  expect(Object.fromEntries(variables)).toEqual({
    "voipbin.queuecall.status": "abandoned",
    "voipbin.queuecall.end_reason": "kicked",
    "voipbin.queuecall.duration_waiting": "1500",
  });
  expect(centre.computed("c1", "voipbin.queuecall.status")).toBeUndefined();
});

test("an agent takes callers of several queues, in the order of all of them, by its tags", async () => {
  const [sales, support] = [await centre.queue({ tag_ids: ["s"] }), await centre.queue({ tag_ids: ["t"] })];
  await centre.arriveInTurn(support.id, "t1");
  await centre.arriveInTurn(sales.id, "s1", "s2");
  const anna = await centre.agent("anna", { tag_ids: ["s"] });
  await centre.settle();
  expect(centre.log).toEqual(["anna rings for s1"]);
  await centre.stores.agents.update(anna.id, { tag_ids: ["s", "t"] });
  centre.end(centre.ringOf(anna));
  await centre.settle();
  await centre.time.pass(20_000);
  expect(centre.log.at(-1)).toBe("anna rings for t1");
});

test("who does not answer rests, and the caller keeps its place", async () => {
  const queue = await centre.queue({ rest_time: 10_000 });
  const anna = await centre.agent("anna");
  await centre.arriveInTurn(queue.id, "c1", "c2");
  centre.end(centre.ringOf(anna));
  await centre.settle();
  await centre.time.pass(9_999);
  expect([centre.ringing(), centre.statusOf(anna), centre.placeOf("c1")?.status]).toEqual([[], "available", "waiting"]);
  await centre.time.pass(1);
  expect(centre.log.at(-1)).toBe("anna rings for c1");
});

test("another agent is offered the caller whom the first did not take", async () => {
  const queue = await centre.queue();
  const [anna, bert] = [await centre.agent("anna"), await centre.agent("bert")];
  await centre.arriveInTurn(queue.id, "c1");
  centre.end(centre.ringOf(anna));
  await centre.settle();
  expect(centre.log.at(-1)).toBe("bert rings for c1");
  expect(centre.statusOf(bert)).toBe("ringing");
});

test("after a talk, an agent stays busy for its wrap-up time", async () => {
  const queue = await centre.queue({ wrap_up_time: 5_000 });
  const anna = await centre.agent("anna");
  await centre.arriveInTurn(queue.id, "c1", "c2");
  centre.answer(centre.ringOf(anna));
  await centre.time.pass(100);
  centre.end(centre.ringOf(anna));
  await centre.settle();
  await centre.time.pass(4_999);
  expect([centre.ringing(), centre.statusOf(anna)]).toEqual([[], "busy"]);
  await centre.time.pass(1);
  expect([centre.log.at(-1), centre.statusOf(anna)]).toEqual(["anna rings for c2", "ringing"]);
});

test("who hangs up while the agent's phones ring is abandoned, and they fall silent before they ring for the next", async () => {
  const queue = await centre.queue();
  const anna = await centre.agent("anna");
  await centre.arriveInTurn(queue.id, "c1", "c2");
  centre.hangUp("c1");
  await centre.settle();
  expect(centre.log).toEqual(["anna rings for c1", "anna is free of c1", "anna rings for c2"]);
  expect(centre.ended("c1")).toEqual(["abandoned", "hangup"]);
  expect(centre.placeOf("c1")?.service_agent_id).toBeNull();
  expect(centre.statusOf(anna)).toBe("ringing");
  expect(centre.kept.queues.get(queue.id)).toMatchObject({ total_abandoned_count: 1 });
  expect(centre.computed("c1", "voipbin.queuecall.status")).toBe("abandoned");
});

test("a caller who hangs up in the instant of the answer has left, and the agent is free", async () => {
  const queue = await centre.queue();
  const anna = await centre.agent("anna");
  await centre.arriveInTurn(queue.id, "c1", "c2");
  centre.answer(centre.ringOf(anna));
  centre.hangUp("c1");
  await centre.time.pass(100);
  expect(centre.ended("c1")).toEqual(["abandoned", "hangup"]);
  expect(centre.log.at(-1)).toBe("anna rings for c2");
});

test("whichever of two who talk hangs up first, however soon the other follows, their bridge is gone", async () => {
  const queue = await centre.queue();
  const anna = await centre.agent("anna");
  for (let turnsBetween = 0; turnsBetween < 8; turnsBetween += 1) {
    const name = `c${turnsBetween}`;
    await centre.arriveInTurn(queue.id, name);
    const ring = centre.ringOf(anna);
    centre.answer(ring);
    await centre.settle();
    expect(centre.bridges.size).toBe(1);
    centre.end(ring);
    await centre.turns(turnsBetween);
    centre.hangUp(name);
    await centre.time.pass(100);
    expect([turnsBetween, ...centre.bridges]).toEqual([turnsBetween]);
  }
});

test("an agent who hangs up before the talk could begin did not answer", async () => {
  const queue = await centre.queue();
  const anna = await centre.agent("anna");
  await centre.arriveInTurn(queue.id, "c1");
  centre.answer(centre.ringOf(anna));
  centre.end(centre.ringOf(anna));
  await centre.settle();
  expect(centre.placeOf("c1")?.status).toBe("waiting");
  await centre.time.pass(10_000);
  expect(centre.log.at(-1)).toBe("anna rings for c1");
});

test("when its time to wait is up, a caller goes on, also while a phone rings for it", async () => {
  const queue = await centre.queue({ wait_timeout: 5_000 });
  await centre.arriveInTurn(queue.id, "c1");
  await centre.agent("anna");
  await centre.time.pass(4_999);
  expect(centre.ringing()).toHaveLength(1);
  await centre.time.pass(1);
  expect(centre.ended("c1")).toEqual(["abandoned", "wait_timeout"]);
  expect(centre.log.slice(1).toSorted()).toEqual(["anna is free of c1", "c1 goes on: wait_timeout"]);
});

test("the time to wait is no limit to a talk, the time of service is", async () => {
  const queue = await centre.queue({ wait_timeout: 5_000, service_timeout: 60_000 });
  const anna = await centre.agent("anna");
  await centre.arriveInTurn(queue.id, "c1");
  centre.answer(centre.ringOf(anna));
  await centre.time.pass(4_000);
  await centre.time.pass(55_000);
  expect(centre.placeOf("c1")?.status).toBe("service");
  await centre.time.pass(5_000);
  expect(centre.ended("c1")).toEqual(["done", "service_timeout"]);
  expect(centre.log.slice(-2).toSorted()).toEqual(["anna is free of c1", "c1 goes on: service_timeout"]);
});

test.each(["waiting", "connecting", "service"] as const)(
  "who is kicked while %s goes on with the flow",
  async (when) => {
    const queue = await centre.queue();
    if (when !== "waiting") await centre.agent("anna");
    await centre.arriveInTurn(queue.id, "c1");
    if (when === "service") centre.answer(centre.ringing()[0] ?? expect.fail("nothing rings"));
    await centre.time.pass(100);
    const { id = "", status } = centre.placeOf("c1") ?? {};
    expect(status).toBe(when);
    expect(await centre.queues.kick(id)).toBe(true);
    await centre.time.pass(100);
    expect(centre.ended("c1")).toEqual([when === "service" ? "done" : "abandoned", "kicked"]);
    expect(centre.log).toContain("c1 goes on: kicked");
    expect([centre.ringing(), centre.talking()]).toEqual([[], []]);
    expect(await centre.queues.kick(id)).toBe(false);
  },
);

test("callers of a queue that is removed go on; who talks talks on", async () => {
  const queue = await centre.queue();
  const anna = await centre.agent("anna");
  await centre.arriveInTurn(queue.id, "c1", "c2");
  centre.answer(centre.ringOf(anna));
  await centre.time.pass(100);
  await centre.stores.queues.remove(queue.id);
  await centre.time.pass(100);
  expect([centre.placeOf("c1")?.status, centre.ended("c2")]).toEqual(["service", ["abandoned", "queue_removed"]]);
  centre.end(centre.ringOf(anna));
  await centre.time.pass(100);
  expect(centre.log).toContain("c1 goes on: served");
});

test("an agent who is removed while its phones ring is rung no longer", async () => {
  const queue = await centre.queue();
  const anna = await centre.agent("anna");
  await centre.arriveInTurn(queue.id, "c1");
  await centre.stores.agents.remove(anna.id);
  await centre.settle();
  expect([centre.ringing(), centre.placeOf("c1")?.status, centre.kept.duties.size]).toEqual([[], "waiting", 0]);
});

test("without a wait flow there is music; a queue that is not there is no place to wait", async () => {
  const queue = await centre.queue({ wait_flow_id: null });
  await centre.arriveInTurn(queue.id, "c1");
  await centre.arriveInTurn("11111111-1111-4111-8111-111111111111", "c2");
  expect(centre.log).toEqual([
    "c1 hears music",
    "c2 goes on: QueueingError: there is no queue 11111111-1111-4111-8111-111111111111",
  ]);
  const anna = await centre.agent("anna");
  await centre.settle();
  centre.answer(centre.ringOf(anna));
  await centre.time.pass(100);
  expect(centre.placeOf("c1")?.status).toBe("service");
});

test("a caller whose flow went elsewhere is in the queue no longer", async () => {
  const queue = await centre.queue();
  await centre.agent("anna");
  await centre.arriveInTurn(queue.id, "c1");
  centre.queues.flowLeft(centre.placeOf("c1")?.id ?? "");
  await centre.settle();
  expect([centre.ended("c1"), centre.ringing()]).toEqual([["abandoned", "left"], []]);
});

test("after a crash the queue has its order, phones ring on once, and times count from before", async () => {
  const queue = await centre.queue({ wait_timeout: 60_000 });
  const anna = await centre.agent("anna");
  await centre.arriveInTurn(queue.id, "c1", "c2", "c3");
  await centre.time.pass(10_000);
  centre.hangUp("c2");
  await centre.restart();
  await centre.settle();
  expect(centre.rings).toHaveLength(1);
  expect(centre.computed("c3", "voipbin.queuecall.position")).toBe("2");
  centre.answer(centre.ringOf(anna));
  await centre.time.pass(100);
  expect(centre.placeOf("c1")?.status).toBe("service");
  await centre.restart();
  await centre.settle();
  expect([centre.rings.length, centre.statusOf(anna)]).toEqual([1, "busy"]);
  centre.end(centre.ringOf(anna));
  await centre.settle();
  expect(centre.log.slice(-2)).toEqual(["c1 goes on: served", "anna rings for c3"]);
  await centre.time.pass(50_000);
  expect(centre.ended("c3")).toEqual(["abandoned", "wait_timeout"]);
});

test("who rested, or talked to a caller who is gone, is free after a crash", async () => {
  const queue = await centre.queue({ rest_time: 5_000 });
  const [anna, bert] = [await centre.agent("anna"), await centre.agent("bert")];
  await centre.arriveInTurn(queue.id, "c1", "c2");
  centre.end(centre.ringOf(anna));
  await centre.settle();
  centre.end(centre.ringOf(bert));
  await centre.settle();
  await centre.time.pass(2_000);
  await centre.restart();
  await centre.time.pass(2_999);
  expect(centre.ringing()).toEqual([]);
  await centre.time.pass(1);
  expect(centre.ringing()).toHaveLength(2);
});
