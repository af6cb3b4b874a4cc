import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { z } from "zod";
import { sip } from "../support/addresses.ts";
import { promptsHeard } from "../support/call.ts";
import { eventually } from "../support/eventually.ts";
import { startLab } from "../support/lab.ts";
import type { Phone, RingingCall } from "../support/phone.ts";
import { crash, prompt } from "./actions/support.ts";

const lab = await startLab();
const TONE = 850;
const ELSEWHERE = { by: "them", status: 487, reason: expect.stringContaining("completed elsewhere") };
const TAKEN_BACK = { by: "them", status: 487 };

const groupSchema = z.looseObject({ id: z.string(), status: z.string(), call_ids: z.array(z.string()) });
const placedSchema = z.object({
  calls: z.array(z.looseObject({ id: z.string() })),
  groupcalls: z.array(groupSchema),
});

const order = async (path: string, body: object, headers = {}) => {
  const actions = [prompt(lab, TONE, TONE)];
  const answer = await lab.api.request("POST", path, { actions, ...body }, headers);
  expect(answer).toMatchObject({ status: 201 });
  return answer.body;
};
const group = async (phones: readonly Phone[], more: object = {}, headers = {}) =>
  groupSchema.parse(await order("/groupcalls", { destinations: phones.map(sip), ...more }, headers));
const groupOf = async (id: string) => groupSchema.parse(await lab.api.get(`/groupcalls/${id}`));
const ended = (id: string) =>
  eventually(`the end of the group ${id}`, async () => {
    const found = await groupOf(id);
    return found.status === "hangup" ? found : undefined;
  });
const callSchema = z.looseObject({ id: z.string(), hangup_reason: z.string() });
const runningSchema = z.looseObject({ status: z.string(), activeflow_id: z.string().optional() });
const runSchema = z.looseObject({
  status: z.string(),
  ended_reason: z.string().nullable(),
  current_action: z.looseObject({ type: z.string() }).nullable(),
});
/** The calls of a group that is over. */
const callsOf = (ids: readonly string[]) =>
  Promise.all(ids.map(async (id) => callSchema.parse(await lab.api.get(`/calls/${id}`))));
const twoPhones = async () => [await lab.phone({ user: "bob" }), await lab.phone({ user: "eve" })] as const;
const bothRing = async ([bob, eve]: readonly [Phone, Phone]): Promise<readonly [RingingCall, RingingCall]> => {
  const both = [await bob.rings(), await eve.rings()] as const;
  for (const one of both) one.ring();
  return both;
};

test("all ring, the first who answers runs the flow, the others are told that it was answered elsewhere", async () => {
  const phones = await twoPhones();
  const { id, call_ids } = await group(phones);
  const [bob, eve] = await bothRing(phones);
  eve.answer();
  expect(await bob.ended()).toMatchObject(ELSEWHERE);
  await eve.ended();
  expect(promptsHeard(eve)).toEqual([TONE]);
  const over = await ended(id);
  expect(over).toMatchObject({ ring_method: "ring_all", answer_method: "hangup_others", call_count: 0 });
  expect(over.call_ids.toSorted()).toEqual(call_ids.toSorted());
  const records = await Promise.all(call_ids.map((callId) => lab.api.get(`/calls/${callId}`)));
  expect(records).toContainEqual(
    expect.objectContaining({ id: over.answer_call_id, hangup_reason: "normal", groupcall_id: id }),
  );
  expect(records).toContainEqual(
    expect.objectContaining({ hangup_by: "local", hangup_reason: "cancel", hangup_cause: 26, tm_progressing: null }),
  );
});

test("a linear group rings one after the other, until somebody answers", async () => {
  const phones = [...(await twoPhones()), await lab.phone({ user: "dan" })] as const;
  const { id } = await group(phones, { ring_method: "linear" });
  (await phones[0].rings()).refuse(486);
  const eve = await phones[1].rings();
  eve.answer();
  await eve.ended();
  expect(promptsHeard(eve)).toEqual([TONE]);
  expect((await ended(id)).call_ids).toHaveLength(2);
  await expect(phones[2].rings(0)).rejects.toThrow();
});

test("hung up while it rings, nobody rings any more", async () => {
  const phones = await twoPhones();
  const { id, call_ids } = await group(phones);
  const both = await bothRing(phones);
  expect(await lab.api.request("POST", `/groupcalls/${id}/hangup`)).toMatchObject({ body: { status: "hangup" } });
  for (const one of both) expect(await one.ended()).toMatchObject(TAKEN_BACK);
  for (const callId of call_ids) {
    expect(await lab.api.get(`/calls/${callId}`)).toMatchObject({ hangup_by: "local", hangup_reason: "cancel" });
  }
  expect(await lab.api.request("POST", `/groupcalls/${id}/hangup`)).toMatchObject({ status: 200 });
});

test("hung up while somebody listens, that one is hung up", async () => {
  const phones = await twoPhones();
  const { id } = await group(phones, { actions: [{ type: "sleep", option: { duration: 60_000 } }] });
  const [bob] = await bothRing(phones);
  bob.answer();
  await eventually("the answer on record", async () => (await groupOf(id)).answer_call_id !== null);
  await lab.api.request("POST", `/groupcalls/${id}/hangup`);
  expect(await bob.ended()).toMatchObject({ by: "them" });
  expect(await ended(id)).toMatchObject({ call_count: 0 });
});

test("with early execution, the flow begins at each phone that rings, and goes on at the one that answers", async () => {
  const phones = await twoPhones();
  const actions = [{ type: "sleep", option: { duration: 60_000 } }];
  const { call_ids } = await group(phones, { actions, early_execution: true });
  const [bob, eve] = await bothRing(phones);
  const runs = async () => {
    const calls = z.looseObject({ activeflow_id: z.string() }).array();
    const made = calls.parse(await Promise.all(call_ids.map((id) => lab.api.get(`/calls/${id}`))));
    const read = await Promise.all(made.map(({ activeflow_id }) => lab.api.get(`/activeflows/${activeflow_id}`)));
    return read.map((run) => runSchema.parse(run));
  };
  await eventually("both runs", async () =>
    (await runs()).every(({ current_action }) => current_action?.type === "sleep") ? true : undefined,
  );
  bob.answer();
  expect(await eve.ended()).toMatchObject(ELSEWHERE);
  await eventually("the end of the other", async () => {
    const found = await runs();
    const [running, ended] = ["running", "ended"].map((status) => found.filter((run) => run.status === status));
    return running?.length === 1 && ended?.[0]?.ended_reason === "hangup" ? true : undefined;
  });
  await bob.hangup();
});

test("removed while it rings, nobody rings any more, and the calls stay on record until they are removed", async () => {
  const phones = await twoPhones();
  const { id, call_ids } = await group(phones);
  const both = await bothRing(phones);
  expect(await lab.api.request("DELETE", `/groupcalls/${id}`)).toMatchObject({
    status: 200,
    body: { status: "hangup" },
  });
  for (const one of both) expect(await one.ended()).toMatchObject(TAKEN_BACK);
  for (const path of [`/groupcalls/${id}`, ...call_ids.map((callId) => `/calls/${callId}`)]) {
    const isGroup = path.startsWith("/groupcalls");
    expect((await lab.api.request("DELETE", path)).status).toBe(isGroup ? 404 : 200);
    expect((await lab.api.request("GET", path)).status).toBe(404);
  }
});

test("a removed call is hung up, and its run is over", async () => {
  const bob = await lab.phone({ user: "bob" });
  const actions = [{ type: "sleep", option: { duration: 60_000 } }];
  const { calls } = placedSchema.parse(await order("/calls", { actions, destinations: [sip(bob)] }));
  const call = await bob.rings();
  call.answer();
  await call.answered();
  const path = `/calls/${calls[0]?.id}`;
  const { activeflow_id } = await eventually("the answer on record", async () => {
    const found = runningSchema.parse(await lab.api.get(path));
    return found.status === "progressing" ? found : undefined;
  });
  expect(await lab.api.request("DELETE", path)).toMatchObject({ status: 200, body: { status: "hangup" } });
  expect(await call.ended()).toMatchObject({ by: "them" });
  expect((await lab.api.request("GET", path)).status).toBe(404);
  await eventually("the end of the run", async () => {
    const run = runningSchema.parse(await lab.api.get(`/activeflows/${activeflow_id}`));
    return run.status === "ended" ? run : undefined;
  });
});

test("sent again with its key, the same group is answered, and nobody rings twice", async () => {
  const phones = await twoPhones();
  const body = { actions: [prompt(lab, TONE)] };
  const headers = { "idempotency-key": "one-group-please" };
  const first = await group(phones, body, headers);
  const both = await bothRing(phones);
  expect((await group(phones, body, headers)).id).toBe(first.id);
  for (const one of both) one.refuse(486);
  await ended(first.id);
  for (const phone of phones) await expect(phone.rings(0)).rejects.toThrow();
});

test("killed while it rings, the phones ring on, and the first who answers runs the flow", async () => {
  const phones = await twoPhones();
  const { id } = await group(phones);
  const [bob, eve] = await bothRing(phones);
  await crash(lab);
  bob.answer();
  expect(await eve.ended()).toMatchObject(ELSEWHERE);
  await bob.ended();
  expect(promptsHeard(bob)).toEqual([TONE]);
  await ended(id);
});

test("killed while the first of a linear group rings, the next rings when that one has refused", async () => {
  const phones = await twoPhones();
  const { id } = await group(phones, { ring_method: "linear" });
  const bob = await phones[0].rings();
  bob.ring();
  await crash(lab);
  bob.refuse(486);
  const eve = await phones[1].rings();
  eve.answer();
  await eve.ended();
  expect(promptsHeard(eve)).toEqual([TONE]);
  expect((await ended(id)).call_ids).toHaveLength(2);
});

test("of two who answer at once, one runs the flow, and the other is let go", async () => {
  for (let round = 0; round < 4; round += 1) {
    const phones = await twoPhones();
    const { id } = await group(phones);
    const both = await bothRing(phones);
    for (const one of both) one.answer();
    for (const one of both) expect(await one.ended()).toMatchObject({ by: "them" });
    expect(both.flatMap(promptsHeard)).toEqual([TONE]);
    const { answer_call_id, call_ids } = await ended(id);
    const ends = (await callsOf(call_ids)).map(({ id, hangup_reason }) => [id === answer_call_id, hangup_reason]);
    expect(ends.toSorted()).toEqual([
      [false, "cancel"],
      [true, "normal"],
    ]);
  }
});

test("one that can't be dialled does not keep the others from ringing, and is on record", async () => {
  const [bob] = await twoPhones();
  await lab.api.post("/extensions", { extension: "3202" });
  const destinations = [{ type: "extension", target_name: "3202" }, sip(bob)];
  const { id } = groupSchema.parse(await order("/groupcalls", { destinations }));
  const call = await bob.rings();
  call.answer();
  await call.ended();
  expect(promptsHeard(call)).toEqual([TONE]);
  const { call_ids } = await ended(id);
  const records = await callsOf(call_ids);
  expect(records.map(({ hangup_reason }) => hangup_reason).toSorted()).toEqual(["dialout", "normal"]);
  const undialled = records.find(({ hangup_reason }) => hangup_reason === "dialout");
  expect(await lab.api.list(`/calls/${undialled?.id}/timeline`)).toContainEqual(
    expect.objectContaining({
      type: "dial_failed",
      data: expect.objectContaining({ why: "no phone is registered there" }),
    }),
  );
});

const extensionOf = async (extension: string): Promise<readonly [Phone, Phone]> => {
  const { password } = await lab.api.post("/extensions", { extension });
  const credentials = { user: extension, password: String(password) };
  const phones = [await lab.phone({ credentials }), await lab.phone({ credentials })] as const;
  for (const phone of phones) expect(await phone.register()).toBe(200);
  return phones;
};

test("an extension is called at all its phones, as one group", async () => {
  const phones = await extensionOf("3201");
  const destinations = [{ type: "extension", target_name: "3201" }];
  const { calls, groupcalls } = placedSchema.parse(await order("/calls", { destinations }));
  expect([calls.length, groupcalls.length]).toEqual([2, 1]);
  const [first, second] = await bothRing(phones);
  first.answer();
  expect(await second.ended()).toMatchObject(ELSEWHERE);
  await first.ended();
  expect(promptsHeard(first)).toEqual([TONE]);
});

test("the command line calls an agent, and follows whichever phone answers", async () => {
  const phones = await twoPhones();
  const { id } = await lab.api.post("/agents", { name: "Ann", addresses: phones.map(sip), ring_method: "linear" });
  const file = join(lab.ringdown.dataDirectory, "hello.json");
  writeFileSync(file, JSON.stringify({ name: "hello", actions: [prompt(lab, TONE, TONE)] }));
  const place = ["--url", lab.api.base, "--key", lab.api.key];
  const command = [join(import.meta.dirname, "../../bin/ringdown.mjs"), "flow", "run", file, "--to", `agent:${id}`];
  const running = promisify(execFile)(process.execPath, [...command, ...place]);
  (await phones[0].rings()).refuse(480);
  const call = await phones[1].rings();
  call.answer();
  await call.ended();
  expect(promptsHeard(call)).toEqual([TONE]);
  const { stdout } = await running;
  expect(stdout).toContain("The call is over");
});

test.each([
  ["no destinations", [], 1],
  ["51 destinations", Array(51).fill({ type: "sip", target: "sip:bob@127.0.0.9" }), 50],
])("%s are refused, and the limit is said", async (_name, destinations, limit) => {
  for (const path of ["/groupcalls", "/calls"]) {
    const answer = await lab.api.request("POST", path, { destinations, actions: [{ type: "stop" }] });
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body)).toContain(String(limit));
  }
});

test("unknown ids are told apart from bad ones", async () => {
  const unknown = "00000000-0000-4000-8000-000000000009";
  expect((await lab.api.request("GET", `/groupcalls/${unknown}`)).status).toBe(404);
  expect((await lab.api.request("POST", `/groupcalls/${unknown}/hangup`)).status).toBe(404);
  const destinations = [
    { type: "agent", target: unknown },
    { type: "extension", target: "nobody" },
  ];
  const { status, body } = await lab.api.request("POST", "/groupcalls", { destinations, actions: [{ type: "stop" }] });
  expect(status).toBe(400);
  expect(JSON.stringify(body)).toMatch(/you have no agent.*you have no extension/);
});
