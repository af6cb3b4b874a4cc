import { expect, test } from "vitest";
import { z } from "zod";
import type { Created } from "../support/api.ts";
import { promptsHeard } from "../support/call.ts";
import { makeQueue } from "../support/call-centre.ts";
import { eventually } from "../support/eventually.ts";
import { startLab } from "../support/lab.ts";
import { nextAddress } from "../support/loopback.ts";
import type { Phone, RingingCall } from "../support/phone.ts";
import { factsOf } from "../support/records.ts";
import { header } from "../support/sip/message.ts";
import { tone } from "../support/tones.ts";
import { aftermathOf, crash, prompt } from "./actions/support.ts";

/** Calls to telephone numbers, by way of carriers that are phones of the test. */
const lab = await startLab({ environment: { RINGDOWN_OUTBOUND_ALLOW: "+49" } });
const [CALLER, CALLEE, AFTER] = [440, 620, 850];

type Carrier = { readonly phone: Phone; readonly trunk: Created };
/** The prefix keeps each test's carriers to its own number; all are of the same length, so that none begins another. */
const trunk = (host: string, number: string, more: object = {}): Promise<Created> =>
  lab.api.post("/trunks", { name: "carrier", host, prefixes: [number], ...more });
const carrier = async (number: string, more: object = {}): Promise<Carrier> => {
  const phone = await lab.phone({ user: "carrier", address: nextAddress() });
  return { phone, trunk: await trunk(phone.address, number, more) };
};
let lastNumber = 100;
const freshNumber = (): string => `+4930123${++lastNumber}`;
const dial = (number: string, option: object = {}) =>
  lab.call([
    { type: "connect", option: { destinations: [{ type: "tel", target: number }], ...option } },
    prompt(lab, AFTER),
  ]);
/** What the one leg of a connection went through. */
const attemptsOf = async (number: string) => {
  const { facts } = await aftermathOf(lab, number);
  const [id] = [...facts("call_connected"), ...facts("leg_failed")].map(({ call_id }) => String(call_id));
  return factsOf(await lab.api.list(`/calls/${id}/timeline`), "dial_failed");
};

test("a number goes out through its trunk, as the number of the trunk, and both hear each other", async () => {
  const number = freshNumber();
  const { phone } = await carrier(number, { caller_id: "+4930999" });
  const call = await dial(number);
  const ringing = await phone.rings();
  expect(ringing.invite.uri).toContain(`sip:${number}@${phone.address}`);
  expect(header(ringing.invite, "From")).toContain("<sip:+4930999@");
  ringing.answer();
  await call.answered();
  await Promise.all([ringing.say(tone(CALLEE, 400)), call.heard(CALLEE)]);
  await ringing.hangup();
  await call.heard(AFTER);
  await call.ended();
});

test("a number of one's own is shown as it is", async () => {
  const number = freshNumber();
  const { phone } = await carrier(number, { caller_id: "+4930999" });
  const own = await lab.route([{ type: "stop" }], "+4930777");
  const source = { type: "tel", target: own };
  const call = await dial(number, { source });
  const ringing = await phone.rings();
  expect(header(ringing.invite, "From")).toContain("<sip:+4930777@");
  ringing.refuse(486);
  await call.ended();
});

test("the longest prefix goes first, whatever the priorities; then those that are shorter", async () => {
  const number = "+49301245555";
  const wide = await carrier("+4930124", { priority: 1 });
  const narrow = await carrier("+493012455", { priority: 2 });
  const call = await dial(number, { relay_reason: true });
  (await narrow.phone.rings()).refuse(503);
  (await wide.phone.rings()).refuse(486);
  expect(await call.ended()).toMatchObject({ status: 486 });
  expect(await attemptsOf(call.number)).toMatchObject([{ trunk_id: narrow.trunk.id }]);
});

test.each([
  ["says 503", 503, "no circuit available: the host is not found, or takes no calls now"],
  ["does not know the number", 404, "unallocated number"],
])("a carrier that %s is followed by the next, whose answer counts", async (_how, status, words) => {
  const number = freshNumber();
  const best = await carrier(number, { priority: 1 });
  const next = await carrier(number, { priority: 2 });
  const call = await dial(number, { relay_reason: true });
  (await best.phone.rings()).refuse(status);
  (await next.phone.rings()).refuse(486);
  expect(await call.ended()).toMatchObject({ status: 486 });
  expect(await attemptsOf(call.number)).toEqual([
    expect.objectContaining({ words, next: true, target: "trunk", trunk_id: expect.any(String) }),
  ]);
});

test("a callee who is busy is not called again through the next carrier", async () => {
  const number = freshNumber();
  const best = await carrier(number, { priority: 1 });
  const next = await carrier(number, { priority: 2 });
  const call = await dial(number, { relay_reason: true });
  (await best.phone.rings()).refuse(486);
  expect(await call.ended()).toMatchObject({ status: 486 });
  await expect(next.phone.rings(0)).rejects.toThrow();
});

test("a carrier that does not answer at all, and a name that leads nowhere, are passed over", async () => {
  const number = freshNumber();
  await trunk(nextAddress(), number, { priority: 1 });
  await trunk("no-such-carrier.invalid", number, { priority: 2 });
  const next = await carrier(number, { priority: 3 });
  const call = await dial(number);
  const ringing = await next.phone.rings(20_000);
  ringing.answer();
  await call.answered();
  await ringing.hangup();
  await call.ended();
  const [silent, lost] = await attemptsOf(call.number);
  expect(silent).toMatchObject({ why: "no sign of life", next: true });
  expect(lost).toMatchObject({ next: true });
});

test.each([
  ["two", 5_000],
  ["three", 7_000],
])(
  "of %s carriers of which only the last answers, that one rings within a ring time of %i ms",
  async (count, timeout) => {
    const number = freshNumber();
    for (let silent = count === "two" ? 1 : 2; silent > 0; silent -= 1) await trunk(nextAddress(), number);
    const last = await carrier(number, { priority: 1 });
    const call = await dial(number, { timeout });
    const ringing = await last.phone.rings();
    ringing.answer();
    await call.answered();
    await Promise.all([ringing.say(tone(CALLEE, 400)), call.heard(CALLEE)]);
    await ringing.hangup();
    await call.ended();
    for (const { why } of await attemptsOf(call.number)) expect(why).toBe("no sign of life");
  },
);

test("early media of a carrier that gives up then is followed by that of the next", async () => {
  const number = freshNumber();
  const best = await carrier(number, { priority: 1 });
  const next = await carrier(number, { priority: 2 });
  const call = await dial(number, { early_media: true });
  const first = await best.phone.rings();
  first.progress();
  await Promise.all([first.say(tone(1100, 400)), call.heard(1100)]);
  first.refuse(503);
  const second = await next.phone.rings();
  second.progress();
  await Promise.all([second.say(tone(CALLEE, 600)), call.heard(CALLEE)]);
  second.answer();
  await call.answered();
  await second.hangup();
  await call.ended();
});

test("with early execution the next carrier is tried before the first ring, and none after it", async () => {
  const number = freshNumber();
  const [dead, best, next] = [
    await carrier(number, { priority: 1 }),
    await carrier(number, { priority: 2 }),
    await carrier(number, { priority: 3 }),
  ];
  const actions = [{ type: "sleep", option: { duration: 60_000 } }];
  const destinations = [{ type: "tel", target: number }];
  const { body } = await lab.api.request("POST", "/calls", { destinations, actions, early_execution: true });
  const { calls } = z.object({ calls: z.tuple([z.looseObject({ id: z.string() })]) }).parse(body);
  const [{ id }] = calls;
  (await dead.phone.rings()).refuse(503);
  const ringing = await best.phone.rings();
  ringing.ring();
  const timeline = () => lab.api.list(`/calls/${id}/timeline`);
  await eventually("the flow", async () => factsOf(await timeline(), "action_started").length === 1);
  ringing.refuse(503);
  await eventually("the end", async () => factsOf(await timeline(), "call_hangup").length === 1);
  await expect(next.phone.rings(0)).rejects.toThrow();
  expect(factsOf(await timeline(), "dial_failed")).toMatchObject([
    { trunk_id: dead.trunk.id, next: true },
    { trunk_id: best.trunk.id, next: false, why: expect.stringContaining("early_execution") },
  ]);
  expect(factsOf(await timeline(), "activeflow_ended")).toMatchObject([{ reason: "hangup" }]);
});

test("a trunk carries as many calls as it may, and the next takes what is more", async () => {
  const number = freshNumber();
  const small = await carrier(number, { priority: 1, max_calls: 1 });
  const next = await carrier(number, { priority: 2 });
  const first = await dial(number);
  const talking = await small.phone.rings();
  talking.answer();
  await first.answered();
  const second = await dial(number);
  (await next.phone.rings()).refuse(486);
  await second.ended();
  await talking.hangup();
  await first.ended();
  // Its place is free again.
  const third = await dial(number);
  (await small.phone.rings()).refuse(486);
  await third.ended();
});

test("a trunk begins as many calls in a second as it may", async () => {
  const number = freshNumber();
  const slow = await carrier(number, { priority: 1, max_calls_per_second: 1 });
  const next = await carrier(number, { priority: 2 });
  const calls = await Promise.all([dial(number), dial(number)]);
  for (const ringing of await Promise.all([slow.phone.rings(), next.phone.rings()])) ringing.refuse(486);
  await Promise.all(calls.map((call) => call.ended()));
});

test("a trunk that is full, with no other, is told as congestion", async () => {
  const number = freshNumber();
  const { phone } = await carrier(number, { max_calls: 1 });
  const first = await dial(number);
  const talking = await phone.rings();
  talking.answer();
  await first.answered();
  const second = await dial(number, { relay_reason: true });
  expect(await second.ended()).toMatchObject({ by: "refused", status: 503 });
  await talking.hangup();
  await first.ended();
});

/** An agent with a telephone, by way of a carrier, and a phone that is registered here. */
const agentWithTwo = async (extension: string, more: object = {}) => {
  const number = freshNumber();
  const { phone: telephone } = await carrier(number);
  const { password } = await lab.api.post("/extensions", { extension });
  const desk = await lab.phone({ credentials: { user: extension, password: String(password) } });
  expect(await desk.register()).toBe(200);
  const addresses = [
    { type: "tel", target: number },
    { type: "extension", target_name: extension },
  ];
  const { id } = await lab.api.post("/agents", { name: "Anna", addresses, ...more });
  return { id, telephone, desk };
};
const bothRing = async ({ telephone, desk }: Awaited<ReturnType<typeof agentWithTwo>>) =>
  [await telephone.rings(), await desk.rings()] as const;

test.each([
  ["telephone", "4101", 0],
  ["desk phone", "4102", 1],
] as const)("an agent answers by its %s, and the other one falls silent", async (_which, extension, index) => {
  const agent = await agentWithTwo(extension, { status: "away" });
  const option = { destinations: [{ type: "agent", target: agent.id }] };
  const call = await lab.call([{ type: "connect", option }, prompt(lab, AFTER)]);
  const both = await bothRing(agent);
  const [answering, other] = [both[index], both[1 - index]];
  answering.answer();
  await call.answered();
  expect(await other?.ended()).toMatchObject({ by: "them", status: 487 });
  await Promise.all([answering.say(tone(CALLEE, 400)), call.heard(CALLEE)]);
  await Promise.all([call.say(tone(CALLER, 400)), answering.heard(CALLER)]);
  await answering.hangup();
  await call.heard(AFTER);
  await call.ended();
});

test("a queue without tags gives its callers to an agent who has none, by whichever phone answers", async () => {
  const agent = await agentWithTwo("4103", { status: "available" });
  const queue = await makeQueue(lab, { tag_ids: [] });
  const call = await lab.call([queue.join, prompt(lab, AFTER)]);
  const [telephone, desk] = await bothRing(agent);
  telephone.answer();
  await call.answered();
  expect(await desk.ended()).toMatchObject({ by: "them", status: 487 });
  await Promise.all([telephone.say(tone(CALLEE, 400)), call.heard(CALLEE)]);
  await Promise.all([call.say(tone(CALLER, 400)), telephone.heard(CALLER)]);
  await telephone.hangup();
  await call.heard(AFTER);
  await call.ended();
  expect(await queue.caller("done")).toMatchObject({ end_reason: "served", service_agent_id: agent.id });
});

test("a number that calls itself by a carrier which takes our header off does so a few times", async () => {
  const number = freshNumber();
  const caller_id = "+4930999";
  const { phone } = await carrier(number, { caller_id });
  await lab.route([{ type: "connect", option: { destinations: [{ type: "tel", target: number }] } }], number);
  let last = await lab.dial(number);
  const ringing: RingingCall[] = [];
  for (let round = 0; round < 10; round += 1) {
    ringing.push(await phone.rings());
    last = await phone.dial(number, { headers: [["P-Asserted-Identity", `<sip:${caller_id}@carrier.example>`]] });
  }
  await last.ended();
  await expect(phone.rings(0)).rejects.toThrow();
  for (const call of ringing) call.refuse(486);
  const calls = await lab.api.list("/calls?page_size=100");
  const incoming = calls.filter(
    ({ direction, destination }) => direction === "incoming" && JSON.stringify(destination).includes(number),
  );
  const timelines = await Promise.all(incoming.map(({ id }) => lab.api.list(`/calls/${String(id)}/timeline`)));
  const failures = timelines.flatMap((timeline) => factsOf(timeline, "action_failed"));
  expect(failures).toEqual([expect.objectContaining({ error: "DialLoopError" })]);
});

test("killed while a carrier rings, the call rings on, and keeps its place", async () => {
  const number = freshNumber();
  const { phone } = await carrier(number, { max_calls: 1 });
  const call = await dial(number);
  const ringing = await phone.rings();
  ringing.ring();
  await call.progressed();
  await crash(lab);
  const second = await dial(number, { relay_reason: true });
  expect(await second.ended()).toMatchObject({ status: 503 });
  ringing.answer();
  await call.answered();
  await Promise.all([ringing.say(tone(CALLEE, 400)), call.heard(CALLEE)]);
  await ringing.hangup();
  await call.ended();
});

test("a call over HTTP goes through a trunk too; a number that is not allowed does not go out", async () => {
  const number = freshNumber();
  const { phone } = await carrier(number);
  const destinations = [
    { type: "tel", target: number },
    { type: "tel", target: "+15551234" },
  ];
  const answer = await lab.api.request("POST", "/calls", { destinations, actions: [prompt(lab, AFTER, AFTER)] });
  expect(answer.status).toBe(201);
  const ringing = await phone.rings();
  ringing.answer();
  await ringing.ended();
  expect(promptsHeard(ringing)).toHaveLength(1);
  const calls = await lab.api.list("/calls");
  const refused = calls.find(({ destination }) => JSON.stringify(destination).includes("+15551234"));
  expect(refused).toMatchObject({ status: "hangup", hangup_by: "local", hangup_reason: "dialout", hangup_cause: 21 });
});
