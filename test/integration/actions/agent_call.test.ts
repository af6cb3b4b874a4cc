import { expect, test } from "vitest";
import { sip } from "../../support/addresses.ts";
import { startLab } from "../../support/lab.ts";
import type { Phone } from "../../support/phone.ts";
import { tone } from "../../support/tones.ts";
import { aftermathOf, prompt } from "./support.ts";

const lab = await startLab();
const [CALLEE, AFTER] = [620, 850];

const agentAt = async (phones: readonly Phone[], ring_method: string): Promise<string> =>
  (await lab.api.post("/agents", { name: "Ann", addresses: phones.map(sip), ring_method })).id;
const agentCall = (agent_id: string) => ({ type: "agent_call", option: { agent_id } });

test("all phones of an agent ring, and the one that answers is connected", async () => {
  const phones = [await lab.phone({ user: "desk" }), await lab.phone({ user: "mobile" })];
  const call = await lab.call([agentCall(await agentAt(phones, "ring_all")), prompt(lab, AFTER)]);
  const [desk, mobile] = await Promise.all(phones.map((phone) => phone.rings()));
  mobile?.answer();
  await call.answered();
  expect(await desk?.ended()).toMatchObject({ by: "them", status: 487 });
  await Promise.all([mobile?.say(tone(CALLEE, 400)), call.heard(CALLEE)]);
  await mobile?.hangup();
  await call.heard(AFTER);
  await call.ended();
});

test("with ring_method linear they ring one after the other", async () => {
  const phones = [await lab.phone({ user: "desk" }), await lab.phone({ user: "mobile" })] as const;
  const call = await lab.call([agentCall(await agentAt(phones, "linear"))]);
  const desk = await phones[0].rings();
  await expect(phones[1].rings(200)).rejects.toThrow();
  desk.refuse(486);
  const mobile = await phones[1].rings();
  mobile.answer();
  await call.answered();
  await mobile.hangup();
  await call.ended();
  expect((await aftermathOf(lab, call.number)).variables).toMatchObject({ "voipbin.connect.status": "answered" });
});

test("an agent who is unknown is recorded, and the flow goes on", async () => {
  const call = await lab.call([agentCall("eb1ac5c0-ff63-47e2-bcdb-5da9c336eb4b"), prompt(lab, AFTER)]);
  await call.heard(AFTER);
  await call.ended();
  expect((await aftermathOf(lab, call.number)).facts("leg_failed")).toEqual([
    expect.objectContaining({ destination: expect.objectContaining({ type: "agent" }), why: "you have no such agent" }),
  ]);
});
