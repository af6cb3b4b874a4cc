import { expect, test } from "vitest";
import { makeQueue } from "../support/call-centre.ts";
import { eventually } from "../support/eventually.ts";
import { type FlowAction, startLab } from "../support/lab.ts";
import { tone } from "../support/tones.ts";
import { crash } from "./actions/support.ts";

/** Agents whose phones are in calls that no queue gave them. */
const lab = await startLab();
const [CALLER, AGENT] = [620, 850];
const answer: FlowAction = { type: "answer" };
const wait_flow_id = await lab.flow([{ type: "sleep", option: { duration: 60_000 } }]);

/** A queue, and its one agent, whose phone is registered at an extension. */
async function callCentre(extension: string) {
  const queue = await makeQueue(lab, { wait_flow_id });
  const { id: target, password } = await lab.api.post("/extensions", { extension });
  const phone = await lab.phone({ credentials: { user: extension, password: String(password) } });
  expect(await phone.register()).toBe(200);
  const addresses = [{ type: "extension", target }];
  const agent = await lab.api.post("/agents", { name: "Anna", addresses, tag_ids: [queue.tagId] });
  const hasStatus = (status: string) =>
    eventually(`the agent being ${status}`, async () => {
      expect(await lab.api.get(`/agents/${agent.id}`)).toMatchObject({ status });
      return true;
    });
  const arrive = async () => {
    const call = await lab.call([answer, queue.join]);
    await queue.waiting(1);
    return call;
  };
  return { queue, phone, agent, hasStatus, arrive };
}

test("an agent whom somebody calls past the queue is busy, also after a crash, and gets its next caller afterwards", async () => {
  const { queue, phone, agent, hasStatus, arrive } = await callCentre("2101");
  const colleague = await lab.call([answer, { type: "agent_call", option: { agent_id: agent.id } }]);
  const talk = await phone.rings();
  talk.ring();
  await hasStatus("busy");
  const caller = await arrive();
  talk.answer();
  await Promise.all([colleague.say(tone(CALLER, 400)), talk.heard(CALLER)]);
  await crash(lab);
  await Promise.all([talk.say(tone(AGENT, 400)), colleague.heard(AGENT)]);
  await expect(phone.rings(500)).rejects.toThrow("not within");
  await hasStatus("busy");
  await queue.waiting(1);
  await talk.hangup();
  const next = await phone.rings();
  next.answer();
  await queue.caller("service");
  await Promise.all([caller.say(tone(CALLER, 400)), next.heard(CALLER)]);
  await next.hangup();
  await hasStatus("available");
});

test("an agent who calls somebody is busy, and gets its next caller afterwards", async () => {
  const { phone, queue, hasStatus, arrive } = await callCentre("2102");
  const number = await lab.route([answer, { type: "echo", option: { duration: 60_000 } }]);
  const call = await phone.dial(number);
  await hasStatus("busy");
  await arrive();
  await expect(phone.rings(500)).rejects.toThrow("not within");
  await queue.waiting(1);
  await call.hangup();
  (await phone.rings()).answer();
  await queue.caller("service");
});
