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

test("a call that calls its own number does so no more than ten times, and its timeline says why", async () => {
  const number = "299001";
  const self = { type: "sip", target: `sip:${number}@${lab.asterisk.address}` };
  await lab.route([{ type: "connect", option: { destinations: [self] } }], number);
  const caller = await lab.dial(number);
  await caller.ended(30_000);
  const calls = await lab.api.list("/calls?page_size=100");
  const own = calls.filter(({ destination }) => JSON.stringify(destination).includes(number));
  expect(own.length).toBeLessThan(30);
  const timelines = await Promise.all(own.map(({ id }) => lab.api.list(`/calls/${String(id)}/timeline`)));
  const failures = timelines.flatMap((timeline) => factsOf(timeline, "action_failed"));
  expect(failures).toEqual([expect.objectContaining({ error: "DialLoopError" })]);
});
