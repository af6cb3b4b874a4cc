/** What a flow that runs after the call is told of a connection in whose middle the caller hung up. */
import { expect, test } from "vitest";
import { NIL_UUID } from "../../src/model/identifier.ts";
import { sip } from "../support/addresses.ts";
import type { Call } from "../support/call.ts";
import { eventually } from "../support/eventually.ts";
import { type FlowAction, startLab } from "../support/lab.ts";
import type { Phone } from "../support/phone.ts";
import { receive } from "../support/receiver.ts";
import { tone } from "../support/tones.ts";
import { aftermathOf, stored } from "./actions/support.ts";

const lab = await startLab();
const answer = { type: "answer" };
const connect = (phone: Phone) => ({ type: "connect", option: { destinations: [sip(phone)] } });
/** Longer than everything around it. */
const TALK_MS = 1_200;

const FIELDS = ["status", "hangup_reason", "answered_call_id", "duration"] as const;
const report = `{${FIELDS.map((field) => `"${field}": "\${voipbin.connect.${field}}"`).join()}}`;
let calls = 0;

/** Calls this flow, which is followed by one that reports; `reported` is what comes. */
async function callOf(actions: readonly FlowAction[]) {
  calls += 1;
  const [server, number] = [receive(lab.audio, `/report/${calls}`), String(300_000 + calls)];
  const option = { uri: server.url, method: "POST", data_type: "application/json", data: report };
  const on_complete_flow_id = await lab.flow([{ type: "webhook_send", option }]);
  const { id } = await lab.api.post("/flows", { name: "reported", actions, on_complete_flow_id });
  await lab.api.post("/numbers", { number, call_flow_id: id });
  const call = await lab.dial(number);
  const reported = async () => {
    const [first] = await eventually("a report", () => (server.received.length > 0 ? server.received : undefined));
    const { variables, facts } = await aftermathOf(lab, number);
    const told = JSON.parse(first?.body ?? "");
    for (const field of FIELDS) expect(variables[`voipbin.connect.${field}`]).toBe(told[field]);
    return { told, connected: facts("call_connected").map(({ call_id }) => call_id) };
  };
  return { ...call, number, reported };
}

const GAVE_UP = { status: "cancel", hangup_reason: "cancel", answered_call_id: NIL_UUID, duration: "0" };

/** Talks for a while; resolves with how long at least. */
async function talk(call: Call & { readonly number: string }, bob: Phone) {
  const ringing = await bob.rings();
  ringing.answer();
  await stored(lab, call.number, "call_connected");
  await call.say(tone(440, TALK_MS));
  return ringing;
}

function expectTalk({ told, connected }: Awaited<ReturnType<Awaited<ReturnType<typeof callOf>>["reported"]>>): void {
  expect(told).toMatchObject({ status: "answered", hangup_reason: "normal", answered_call_id: connected.at(-1) });
  expect(Number(told.duration)).toBeGreaterThanOrEqual(TALK_MS);
  expect(Number(told.duration)).toBeLessThan(10 * TALK_MS);
}

test("the caller who hangs up in the talk was answered, by whom and for how long", async () => {
  const bob = await lab.phone({ user: "bob" });
  const call = await callOf([answer, connect(bob)]);
  const ringing = await talk(call, bob);
  await call.hangup();
  await ringing.ended();
  expectTalk(await call.reported());
});

test("the caller who hangs up while it rings was not answered, whoever was the time before", async () => {
  const bob = await lab.phone({ user: "bob" });
  const call = await callOf([
    answer,
    { id: "ring", ...connect(bob) },
    { type: "goto", option: { target_id: "ring", loop_count: 1 } },
  ]);
  await (await talk(call, bob)).hangup();
  const again = await bob.rings();
  again.ring();
  await call.hangup();
  await again.ended();
  expect((await call.reported()).told).toEqual(GAVE_UP);
});

test("a connection that fails is no earlier one's success", async () => {
  const bob = await lab.phone({ user: "bob" });
  const bad = { type: "connect", option: { destinations: [{ type: "${nothing}", target: "bob" }] } };
  const call = await callOf([answer, connect(bob), bad]);
  await (await talk(call, bob)).hangup();
  await call.ended();
  const failed = { status: "failed", hangup_reason: "failed", answered_call_id: NIL_UUID, duration: "0" };
  expect((await call.reported()).told).toEqual(failed);
});

test.each([true, false])("killed before the caller hangs up, it tells the same (answered: %s)", async (isAnswered) => {
  const bob = await lab.phone({ user: "bob" });
  const call = await callOf([answer, connect(bob)]);
  const ringing = isAnswered ? await talk(call, bob) : await bob.rings();
  await lab.ringdown.kill();
  await call.hangup();
  await lab.ringdown.start();
  await ringing.ended();
  const reported = await call.reported();
  if (isAnswered) expectTalk(reported);
  else expect(reported.told).toEqual(GAVE_UP);
});
