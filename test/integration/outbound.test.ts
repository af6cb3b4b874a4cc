import { expect, test } from "vitest";
import { z } from "zod";
import { sip } from "../support/addresses.ts";
import { promptsHeard } from "../support/call.ts";
import { eventually } from "../support/eventually.ts";
import { type FlowAction, startLab } from "../support/lab.ts";
import { factsOf, tonePrompt } from "../support/records.ts";
import { header } from "../support/sip/message.ts";

const lab = await startLab();
const TONE = 850;
let lastExtension = 3101;
const placedSchema = z.object({ calls: z.array(z.looseObject({ id: z.string(), activeflow_id: z.string() })) });

const greeting = (): readonly FlowAction[] => [tonePrompt(lab, TONE)];

/** Orders calls; gives the first one's ids. */
async function order(destinations: readonly object[], changes: object = {}, headers: Record<string, string> = {}) {
  const body = { destinations, actions: greeting(), ...changes };
  const answer = await lab.api.request("POST", "/calls", body, headers);
  expect(answer).toMatchObject({ status: 201 });
  const { calls } = placedSchema.parse(answer.body);
  const [call] = calls;
  if (!call) throw new Error("no call");
  return { ...call, calls };
}

const recordOf = async (id: string) => z.looseObject({}).parse(await lab.api.get(`/calls/${id}`));
const ended = (id: string) =>
  eventually(`the end of call ${id}`, async () => {
    const record = await recordOf(id);
    return record.status === "hangup" ? record : undefined;
  });
const statusOf = async (id: string): Promise<unknown> => (await recordOf(id)).status;
const begunActions = async (id: string): Promise<readonly unknown[]> =>
  factsOf(await lab.api.list(`/calls/${id}/timeline`), "action_started").map(({ action }) => action);

test("who answers hears the flow, and saw who calls", async () => {
  const phone = await lab.phone();
  const source = { type: "tel", target: "+4930123456", name: 'Dr. "Anna"' };
  const { id } = await order([sip(phone)], { source });
  const call = await phone.rings();
  expect(header(call.invite, "From")).toMatch(/^"Dr\. Anna" <sip:\+4930123456@/);
  call.ring();
  await eventually("ringing", async () => (await statusOf(id)) === "ringing");
  expect(await begunActions(id)).toEqual([]);
  call.answer();
  expect(await call.ended()).toMatchObject({ by: "them" });
  expect(promptsHeard(call)).toEqual([TONE]);
  expect(await ended(id)).toMatchObject({
    direction: "outgoing",
    source,
    destination: sip(phone),
    hangup_by: "local",
    hangup_reason: "normal",
    tm_ringing: expect.any(String),
    tm_progressing: expect.any(String),
  });
});

test("without a source, Ringdown calls; a flow may be named", async () => {
  const phone = await lab.phone();
  const { id } = await order([sip(phone)], { actions: undefined, flow_id: await lab.flow(greeting()) });
  const call = await phone.rings();
  expect(header(call.invite, "From")).toMatch(/^"Ringdown" <sip:ringdown@/);
  call.answer();
  await call.ended();
  expect(promptsHeard(call)).toEqual([TONE]);
  await ended(id);
});

/** Gives who calls, by id, and by what the phone is to see. */
const CALLERS = {
  extension: async (number: string) => {
    const { id } = await lab.api.post("/extensions", { extension: number, name: "Anna" });
    return { source: { type: "extension", target: id }, seen: `"Anna" <sip:${number}@` };
  },
  "extension with a name of its own": async (number: string) => {
    const { id } = await lab.api.post("/extensions", { extension: number, name: "Anna" });
    return { source: { type: "extension", target: id, name: "Sales" }, seen: `"Sales" <sip:${number}@` };
  },
  agent: async () => {
    const { id } = await lab.api.post("/agents", { name: "Anna", addresses: [] });
    return { source: { type: "agent", target: id }, seen: '"Anna" <sip:Anna@' };
  },
};

test.each(Object.entries(CALLERS))(
  "who calls as an %s is seen as such, whoever orders the call",
  async (_who, make) => {
    const { source, seen } = await make(String(lastExtension++));
    const phone = await lab.phone();
    const fromRefused = async (): Promise<string> => {
      const call = await phone.rings();
      call.refuse(486);
      return header(call.invite, "From");
    };
    const { id } = await order([sip(phone)], { source });
    expect(await fromRefused()).toContain(seen);
    await ended(id);
    await lab.api.request("POST", "/groupcalls", { source, destinations: [sip(phone)], actions: greeting() });
    expect(await fromRefused()).toContain(seen);
    for (const type of ["connect", "call"]) {
      const option = { source, destinations: [sip(phone)], ...(type === "call" ? { actions: greeting() } : {}) };
      const caller = await lab.call([{ type, option }]);
      expect([type, await fromRefused()]).toEqual([type, expect.stringContaining(seen)]);
      await caller.ended();
    }
  },
);

test("an agent that nobody knows can't call", async () => {
  const source = { type: "agent", target: "nobody" };
  const body = { source, destinations: [{ type: "sip", target: "sip:bob@127.0.0.9" }], actions: greeting() };
  const answer = await lab.api.request("POST", "/calls", body);
  expect(answer.status).toBe(400);
  expect(JSON.stringify(answer.body)).toMatch(/source\.target.*you have no agent/);
});

test.each([
  [486, "busy"],
  [480, "noanswer"],
  [603, "noanswer"],
] as const)("who refuses with %d makes the call end as %s, and no flow runs", async (status, reason) => {
  const phone = await lab.phone();
  const { id, activeflow_id } = await order([sip(phone)]);
  const call = await phone.rings();
  call.ring();
  call.refuse(status);
  expect(await ended(id)).toMatchObject({ hangup_by: "remote", hangup_reason: reason, tm_progressing: null });
  expect(await begunActions(id)).toEqual([]);
  await eventually("the run's end", async () =>
    JSON.stringify(await lab.api.get(`/activeflows/${activeflow_id}`)).includes('"ended_reason":"hangup"'),
  );
});

test("a call that rings is taken back by a hangup", async () => {
  const phone = await lab.phone();
  const { id } = await order([sip(phone)]);
  const call = await phone.rings();
  call.ring();
  await eventually("ringing", async () => (await statusOf(id)) === "ringing");
  await lab.api.request("POST", `/calls/${id}/hangup`, {});
  expect(await call.ended()).toMatchObject({ by: "them", status: 487 });
  expect(await ended(id)).toMatchObject({ hangup_by: "local" });
});

test.each([
  ["stopped", "POST", "/stop", {}],
  ["stopped, having begun early", "POST", "/stop", { early_execution: true }],
  ["removed", "DELETE", "", {}],
])("a call that rings is taken back when its run is %s", async (_how, method, rest, changes) => {
  const phone = await lab.phone();
  const actions = [{ type: "sleep", option: { duration: 60_000 } }];
  const { id, activeflow_id } = await order([sip(phone)], { actions, ...changes });
  const call = await phone.rings();
  call.ring();
  await eventually("ringing", async () => (await statusOf(id)) === "ringing");
  const stopped = await lab.api.request(method, `/activeflows/${activeflow_id}${rest}`);
  expect(stopped).toMatchObject({ status: 200, body: { status: "ended", ended_reason: "stopped" } });
  expect(await call.ended()).toMatchObject({ by: "them", status: 487 });
  expect(await ended(id)).toMatchObject({ hangup_by: "local", tm_progressing: null });
});

test.each(["ring", "progress"] as const)("with early execution the flow begins when the phone says %s", async (how) => {
  const phone = await lab.phone();
  const actions = [
    { type: "variable_set", option: { key: "a", value: "b" } },
    { type: "sleep", option: { duration: 1_000 } },
    ...greeting(),
  ];
  const { id } = await order([sip(phone)], { actions, early_execution: true });
  const call = await phone.rings();
  expect(await begunActions(id)).toEqual([]);
  call[how]();
  await eventually("the flow's beginning", async () => (await begunActions(id)).includes("sleep"));
  expect(await recordOf(id)).toMatchObject({ status: "ringing", tm_progressing: null });
  call.answer();
  await call.ended();
  expect(promptsHeard(call)).toEqual([TONE]);
  await ended(id);
});

test("a registered extension is called, by its number", async () => {
  const { password } = await lab.api.post("/extensions", { extension: "3001" });
  const phone = await lab.phone({ credentials: { user: "3001", password: String(password) } });
  expect(await phone.register()).toBe(200);
  const { id } = await order([{ type: "extension", target: "3001" }]);
  const call = await phone.rings();
  call.answer();
  await call.ended();
  expect(promptsHeard(call)).toEqual([TONE]);
  expect(await ended(id)).toMatchObject({ destination: { type: "extension", target_name: "3001" } });
});

test("an extension without a phone can't be dialled, and the timeline says so", async () => {
  await lab.api.post("/extensions", { extension: "3002" });
  const { id } = await order([{ type: "extension", target_name: "3002" }]);
  expect(await ended(id)).toMatchObject({ hangup_by: "local", hangup_reason: "dialout" });
  expect(factsOf(await lab.api.list(`/calls/${id}/timeline`), "dial_failed")).toHaveLength(1);
});

test("each destination has a call and a run of its own", async () => {
  const phones = await Promise.all([lab.phone(), lab.phone()]);
  const { calls } = await order(phones.map(sip));
  expect(new Set(calls.flatMap(({ id, activeflow_id }) => [id, activeflow_id])).size).toBe(4);
  const [first, second] = await Promise.all(phones.map((phone) => phone.rings()));
  second?.refuse(486);
  first?.answer();
  await first?.ended();
  const records = await Promise.all(calls.map(({ id }) => ended(id)));
  expect(records.map(({ hangup_reason }) => hangup_reason)).toEqual(["normal", "busy"]);
});

test("killed while the other side rings: it can still answer, and hears the flow", async () => {
  const phone = await lab.phone();
  const { id } = await order([sip(phone)]);
  const call = await phone.rings();
  call.ring();
  await eventually("ringing", async () => (await statusOf(id)) === "ringing");
  await lab.ringdown.kill();
  call.answer();
  await lab.ringdown.start();
  await call.ended();
  expect(promptsHeard(call)).toEqual([TONE]);
  expect(await ended(id)).toMatchObject({ hangup_reason: "normal" });
});

test("killed before the other side rings: it is called once, and hears the flow", async () => {
  const phone = await lab.phone();
  const { id } = await order([sip(phone)]);
  const call = await phone.rings();
  await lab.ringdown.kill();
  await lab.ringdown.start();
  call.ring();
  await eventually("ringing", async () => (await statusOf(id)) === "ringing");
  call.answer();
  await call.ended();
  expect(promptsHeard(call)).toEqual([TONE]);
  await ended(id);
});

test("an order that is sent again with its key rings once, also after a crash", async () => {
  const phone = await lab.phone();
  const key = { "idempotency-key": "one-call-please" };
  const actions = greeting();
  const first = await order([sip(phone)], { actions }, key);
  (await phone.rings()).refuse(486);
  await ended(first.id);
  await lab.ringdown.kill();
  await lab.ringdown.start();
  const again = await order([sip(phone)], { actions }, key);
  expect(again.id).toBe(first.id);
  expect((await lab.api.list("/calls")).filter(({ id }) => id === first.id)).toHaveLength(1);
  await expect(phone.rings(500)).rejects.toThrow("not within");
});
