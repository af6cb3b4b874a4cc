import { expect, test } from "vitest";
import { sip } from "../../support/addresses.ts";
import { promptsHeard } from "../../support/call.ts";
import { eventually } from "../../support/eventually.ts";
import { startLab } from "../../support/lab.ts";
import type { Phone } from "../../support/phone.ts";
import { factsOf, tonePrompt } from "../../support/records.ts";
import { aftermathOf, crash } from "./support.ts";

const lab = await startLab();
const [CALLER, CALLED] = [440, 620];

const callTo = (phones: readonly Phone[], option: object = {}) => ({
  type: "call",
  option: { destinations: phones.map(sip), actions: [tonePrompt(lab, CALLED)], ...option },
});
const answer = { type: "answer" };
const sleep = (duration: number) => ({ type: "sleep", option: { duration } });

const idsPlaced = async (number: string): Promise<readonly string[]> => {
  const [fact] = factsOf(await lab.timelineOf(number), "calls_placed");
  return (fact?.call_ids as readonly string[] | undefined) ?? [];
};

test("call starts a call with a flow of its own, and does not wait for it", async () => {
  const bob = await lab.phone({ user: "bob" });
  const caller = await lab.call([answer, callTo([bob]), tonePrompt(lab, CALLER)]);
  await caller.ended();
  expect(promptsHeard(caller)).toEqual([CALLER]);
  const call = await bob.rings();
  call.answer();
  await call.ended();
  expect(promptsHeard(call)).toEqual([CALLED]);
  const [id] = await idsPlaced(caller.number);
  const { record } = await aftermathOf(lab, caller.number);
  expect(await lab.api.get(`/calls/${id}`)).toMatchObject({ master_call_id: record.id, chained: false });
});

test("a chained call is hung up with its master, one that is not goes on", async () => {
  const [bob, eve] = [await lab.phone({ user: "bob" }), await lab.phone({ user: "eve" })];
  const long = { actions: [sleep(60_000)] };
  const caller = await lab.call([
    answer,
    callTo([bob], { ...long, chained: true }),
    callTo([eve], long),
    sleep(60_000),
  ]);
  const [chained, free] = [await bob.rings(), await eve.rings()];
  chained.answer();
  free.answer();
  await Promise.all([chained.answered(), free.answered()]);
  await caller.hangup();
  expect(await chained.ended()).toMatchObject({ by: "them" });
  expect(free.story.ending()).toBeUndefined();
  await free.hangup();
});

test("a chained call that rings is taken back when its master hangs up, also while nobody is there", async () => {
  const bob = await lab.phone({ user: "bob" });
  const caller = await lab.call([answer, callTo([bob], { chained: true }), sleep(60_000)]);
  const call = await bob.rings();
  call.ring();
  await eventually("the call", async () => (await idsPlaced(caller.number)).length === 1);
  await lab.ringdown.kill();
  await caller.hangup();
  await lab.ringdown.start();
  expect(await call.ended()).toMatchObject({ by: "them", status: 487 });
});

/** Phones of an agent that ring one after the other. */
const agentWith = async (phones: readonly Phone[]) => {
  const { id } = await lab.api.post("/agents", { name: "Ann", addresses: phones.map(sip), ring_method: "linear" });
  return { destinations: [{ type: "agent", target: id }], actions: [sleep(60_000)], chained: true };
};
const groupsAreOver = () =>
  eventually("the end of all groups", async () => {
    const groups = await lab.api.list("/groupcalls");
    return groups.length > 0 && groups.every(({ status }) => status === "hangup") ? groups : undefined;
  });

test.each([
  ["hangs up", false],
  ["hangs up while nobody is there", true],
])("of an agent's phones that ring one after the other, none rings when the master %s", async (_how, isKilled) => {
  const phones = [await lab.phone({ user: "bob" }), await lab.phone({ user: "eve" })] as const;
  const caller = await lab.call([answer, callTo([], await agentWith(phones)), sleep(60_000)]);
  const first = await phones[0].rings();
  first.ring();
  if (isKilled) await lab.ringdown.kill();
  await caller.hangup();
  if (isKilled) await lab.ringdown.start();
  expect(await first.ended()).toMatchObject({ by: "them", status: 487 });
  const [group] = await groupsAreOver();
  expect(group).toMatchObject({ call_ids: [expect.any(String)] });
  await expect(phones[1].rings(0)).rejects.toThrow();
});

test("a master that hangs up in the moment in which chained calls are made lets nobody ring", async () => {
  const phones = [await lab.phone({ user: "bob" }), await lab.phone({ user: "eve" })] as const;
  const option = await agentWith(phones);
  const number = await lab.route([
    callTo([], option),
    callTo([phones[0]], { ...option, destinations: phones.map(sip) }),
  ]);
  for (let round = 0; round < 10; round += 1) await (await lab.dial(number)).hangup();
  await eventually("the end of all calls", async () => {
    const calls = await lab.api.list("/calls?page_size=100");
    return calls.every(({ status }) => status === "hangup") ? true : undefined;
  });
  await groupsAreOver();
});

test("killed right after it, the call is made once", async () => {
  const bob = await lab.phone({ user: "bob" });
  const caller = await lab.call([answer, callTo([bob]), sleep(3_000)]);
  const call = await bob.rings();
  await crash(lab);
  call.answer();
  await call.ended();
  expect(promptsHeard(call)).toEqual([CALLED]);
  await caller.ended();
  await expect(bob.rings(300)).rejects.toThrow();
});

test("a flow may be named; with early execution it begins at ringing", async () => {
  const bob = await lab.phone({ user: "bob" });
  const flow_id = await lab.flow([{ type: "variable_set", option: { key: "a", value: "b" } }, sleep(60_000)]);
  const caller = await lab.call([answer, callTo([bob], { actions: undefined, flow_id, early_execution: true })]);
  const call = await bob.rings();
  call.ring();
  await caller.ended();
  const [id] = await idsPlaced(caller.number);
  await eventually("the flow's beginning", async () => {
    const begun = factsOf(await lab.api.list(`/calls/${id}/timeline`), "action_started");
    return begun.some(({ action }) => action === "sleep");
  });
  await lab.api.request("POST", `/calls/${id}/hangup`, {});
  await call.ended();
});

/** How a call may go round in circles: what it does with its own number, and what when its flow is over. */
const CIRCLES = [
  ["connects with its own number", (self: object) => [connectWith([self])]],
  ["connects with its own number three times at once", (self: object) => [connectWith([self, self, self])]],
  ["calls its own number", (self: object) => [callFor([self]), sleep(500)]],
] as const;
const connectWith = (destinations: readonly object[]) => ({ type: "connect", option: { destinations } });
const callFor = (destinations: readonly object[]) => ({ type: "call", option: { destinations, actions: [answer] } });

/** Waits until all calls to a number are over; gives what the timelines say failed. */
const failuresOf = async (number: string): Promise<readonly unknown[]> => {
  const own = await eventually(
    "the end of it all",
    async () => {
      const calls = await lab.api.list("/calls?page_size=100");
      const found = calls.filter(({ destination }) => JSON.stringify(destination).includes(number));
      return found.length > 10 && found.every(({ status }) => status === "hangup") ? found : undefined;
    },
    30_000,
  );
  // As many as there would be after ten times two calls, and some more.
  expect(own.length).toBeLessThan(90);
  const timelines = await Promise.all(own.map(({ id }) => lab.api.list(`/calls/${String(id)}/timeline`)));
  return timelines.flatMap((timeline) => factsOf(timeline, "action_failed"));
};
const isLoop = expect.objectContaining({ error: "DialLoopError" });

test.each(CIRCLES)("a call that %s does so a few times, and its timeline says why no more", async (name, actions) => {
  const number = `2990${name.length}`;
  const self = { type: "sip", target: `sip:${number}@${lab.asterisk.address}` };
  await lab.route(actions(self), number);
  const caller = await lab.dial(number);
  await caller.ended(30_000);
  const failures = await failuresOf(number);
  expect(failures.length).toBeGreaterThan(0);
  for (const failure of failures) expect(failure).toEqual(isLoop);
});

test("a flow that calls its own number when its call is over does so a few times", async () => {
  const number = "299999";
  const self = { type: "sip", target: `sip:${number}@${lab.asterisk.address}` };
  const on_complete_flow_id = await lab.flow([callFor([self])]);
  const flow = await lab.api.post("/flows", { name: "again", actions: [sleep(1)], on_complete_flow_id });
  await lab.api.post("/numbers", { number, call_flow_id: flow.id });
  await (await lab.dial(number)).ended();
  expect(await failuresOf(number)).toEqual([isLoop]);
});

test("of several, the one that can't be dialled is on record, and the others are called", async () => {
  const bob = await lab.phone({ user: "bob" });
  const bad = [
    { type: "extension", target_name: "nobody" },
    { type: "tel", target: "+4930123456" },
  ];
  const option = { destinations: [...bad, sip(bob)], actions: [tonePrompt(lab, CALLED)] };
  const caller = await lab.call([{ type: "call", option }, tonePrompt(lab, CALLER)]);
  const call = await bob.rings();
  call.answer();
  await call.ended();
  await caller.heard(CALLER);
  await caller.ended();
  const records = await Promise.all((await idsPlaced(caller.number)).map((id) => lab.api.get(`/calls/${id}`)));
  expect(records).toMatchObject([
    { status: "hangup", hangup_by: "local", hangup_reason: "dialout", hangup_cause: 1 },
    { status: "hangup", hangup_by: "local", hangup_reason: "dialout", hangup_cause: 21 },
    { status: "hangup", hangup_reason: "normal" },
  ]);
});

test("a flow that is not there is told, and the caller's goes on", async () => {
  const flow_id = "11111111-1111-4111-8111-111111111111";
  const option = { destinations: [{ type: "sip", target: "sip:bob@127.0.0.9" }], flow_id };
  const caller = await lab.call([{ type: "call", option }, tonePrompt(lab, CALLER)]);
  await caller.heard(CALLER);
  await caller.ended();
  const { facts } = await aftermathOf(lab, caller.number);
  expect(facts("action_failed")).toMatchObject([{ action: "call", message: `there is no flow ${flow_id}` }]);
});
