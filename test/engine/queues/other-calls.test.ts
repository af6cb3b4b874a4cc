import { beforeEach, expect, test } from "vitest";
import type { Address } from "../../../src/model/address.ts";
import type { Agent } from "../../../src/model/agent.ts";
import { type CallCentre, openCallCentre } from "./call-centre.ts";

/** Agents in calls that no queue gave them. */
let centre: CallCentre;

beforeEach(async () => {
  centre = await openCallCentre();
  return () => expect(centre.failures).toEqual([]);
});

const mobile: Address = { type: "tel", target: "+4917012345" };
const desk: Address = { type: "extension", target: "eeeeeeee-0000-4000-8000-000000000001", target_name: "1001" };
const laptop: Address = { type: "sip", target: "sip:anna@pbx.example" };

const anna = (changes: Partial<Agent> = {}) => centre.agent("anna", { addresses: [mobile, desk, laptop], ...changes });

test.each([
  ["is called by number", mobile, "outgoing"],
  ["is called at an extension", desk, "outgoing"],
  ["is called at a SIP address, in other letters", { ...laptop, target: "sip:Anna@PBX.example" }, "outgoing"],
  ["calls from a number", mobile, "incoming"],
  ["calls from an extension, whose phone tells its number", { type: "tel", target: "1001" }, "incoming"],
] as const)("an agent who %s is busy, and rung by no queue until that call is over", async (_, party, direction) => {
  const queue = await centre.queue();
  const agent = await anna();
  const call = centre.otherCall(party, direction);
  await centre.arriveInTurn(queue.id, "c1");
  expect([centre.statusOf(agent), centre.ringing()]).toEqual(["busy", []]);
  centre.endOther(call);
  await centre.settle();
  expect([centre.statusOf(agent), centre.log.at(-1)]).toEqual(["ringing", "anna rings for c1"]);
});

test.each([
  ["of somebody else who calls", mobile, "incoming"],
  ["of somebody else who is called", { type: "tel", target: "+4917012346" }, "outgoing"],
] as const)("calls %s keep nobody busy", async (_, party, direction) => {
  const agent = await centre.agent("anna", { addresses: direction === "incoming" ? [desk] : [mobile] });
  centre.otherCall(party, direction);
  await centre.settle();
  expect(centre.statusOf(agent)).toBe("available");
});

test("the calls of another customer keep nobody busy", async () => {
  const agent = await anna({ customer_id: "aaaaaaaa-0000-4000-8000-000000000002" });
  centre.otherCall(mobile);
  await centre.settle();
  expect(centre.statusOf(agent)).toBe("available");
});

test("an agent with two phones in calls is free after the last of them", async () => {
  const agent = await anna();
  const [first, second] = [centre.otherCall(mobile), centre.otherCall(desk, "incoming")];
  centre.endOther(first);
  await centre.settle();
  expect(centre.statusOf(agent)).toBe("busy");
  centre.endOther(second);
  await centre.settle();
  expect(centre.statusOf(agent)).toBe("available");
  expect(centre.kept.duties.size).toBe(0);
});

test("a call that began while the agent talked with a caller keeps it busy afterwards", async () => {
  const queue = await centre.queue();
  const agent = await anna();
  await centre.arriveInTurn(queue.id, "c1", "c2");
  const other = centre.otherCall(mobile);
  centre.answer(centre.ringOf(agent));
  await centre.settle();
  centre.end(centre.ringOf(agent));
  await centre.settle();
  expect([centre.statusOf(agent), centre.ringing()]).toEqual(["busy", []]);
  centre.endOther(other);
  await centre.settle();
  expect(centre.log.at(-1)).toBe("anna rings for c2");
});

test("a call during the time to write down keeps the agent busy when that is over", async () => {
  const queue = await centre.queue({ wrap_up_time: 1_000 });
  const agent = await anna();
  await centre.arriveInTurn(queue.id, "c1", "c2");
  centre.answer(centre.ringOf(agent));
  await centre.settle();
  centre.end(centre.ringOf(agent));
  await centre.settle();
  const other = centre.otherCall(mobile);
  await centre.time.pass(1_000);
  expect([centre.statusOf(agent), centre.ringing()]).toEqual(["busy", []]);
  centre.endOther(other);
  await centre.settle();
  expect(centre.log.at(-1)).toBe("anna rings for c2");
});

test("a status chosen during a call stays after it", async () => {
  const agent = await anna();
  const call = centre.otherCall(mobile);
  await centre.settle();
  await centre.setStatus(agent, "away");
  centre.endOther(call);
  await centre.settle();
  expect(centre.statusOf(agent)).toBe("away");
});

test("who sets itself available during a call is busy until it is over", async () => {
  const queue = await centre.queue();
  const agent = await anna({ status: "away" });
  const call = centre.otherCall(mobile);
  expect(await centre.setStatus(agent, "available")).toMatchObject({ status: "busy" });
  await centre.arriveInTurn(queue.id, "c1");
  expect(centre.ringing()).toEqual([]);
  centre.endOther(call);
  await centre.settle();
  expect(centre.log.at(-1)).toBe("anna rings for c1");
});

test("an agent who is made while its phone is in a call is busy", async () => {
  centre.otherCall(mobile);
  const agent = await anna();
  await centre.settle();
  expect(centre.statusOf(agent)).toBe("busy");
});

test.each([0, 1, 2, 40])("a crash %i turns after a call begins forgets neither the call nor its end", async (turns) => {
  const queue = await centre.queue();
  const agent = await anna();
  const call = centre.otherCall(mobile);
  await centre.turns(turns);
  await centre.restart();
  await centre.arriveInTurn(queue.id, "c1");
  expect([centre.statusOf(agent), centre.ringing()]).toEqual(["busy", []]);
  centre.endOther(call);
  await centre.settle();
  expect(centre.log.at(-1)).toBe("anna rings for c1");
});

test("a call that ended while nobody was there keeps nobody busy", async () => {
  const agent = await anna();
  const call = centre.otherCall(mobile);
  await centre.settle();
  expect(centre.statusOf(agent)).toBe("busy");
  await centre.restart(() => centre.endOther(call));
  await centre.settle();
  expect(centre.statusOf(agent)).toBe("available");
  expect(centre.kept.duties.size).toBe(0);
});
