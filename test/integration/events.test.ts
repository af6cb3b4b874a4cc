import { expect, test } from "vitest";
import { makeQueue } from "../support/call-centre.ts";
import { listenToEvents } from "../support/event-client.ts";
import { startLab } from "../support/lab.ts";

const lab = await startLab();
const listen = () => listenToEvents(lab.ringdown.api.base, lab.ringdown.api.key);

test("the life of a call is told while it happens, and who comes into a conference and leaves it", async () => {
  using client = await listen();
  await client.subscribe("call_*", "conferencecall_*", "conference_*", "activeflow_*");
  const { id: conference_id } = await lab.api.post("/conferences", { name: "test" });
  const call = await lab.call([{ type: "conference_join", option: { conference_id } }]);
  const { data: joined } = await client.event("conferencecall_joined", { conference_id });
  expect(client.events.filter(({ type }) => type === "call_hangup")).toEqual([]);
  await call.hangup();
  await client.event("call_hangup", { id: joined.reference_id });
  await client.event("activeflow_updated", { id: joined.activeflow_id, status: "ended" });
  await client.event("conferencecall_leaved", { id: joined.id, leave_reason: "hangup" });
  const ofTheCall = client.events.filter(({ data }) => data.id === joined.reference_id).map(({ type }) => type);
  expect(ofTheCall).toEqual(["call_created", "call_progressing", "call_hangup"]);
  expect(client.events.map(({ type }) => type)).toContain("conference_created");
});

test("a caller's way through a queue is told, the agent's status, and the calls to its phone", async () => {
  using client = await listen();
  await client.subscribe("queuecall_*", "agent_*", "groupcall_*");
  const queue = await makeQueue(lab);
  const call = await lab.call([{ type: "answer" }, queue.join]);
  const { data: caller } = await client.event("queuecall_waiting", { queue_id: queue.id });
  const anna = await queue.agent();
  await client.event("agent_created", { id: anna.id });
  const ringing = await anna.phone.rings();
  await client.event("agent_status_updated", { id: anna.id, status: "ringing" });
  const { data: connecting } = await client.event("queuecall_connecting", { id: caller.id, service_agent_id: anna.id });
  await client.event("groupcall_created", { id: connecting.groupcall_id });
  ringing.answer();
  await client.event("queuecall_serviced", { id: caller.id });
  await client.event("agent_status_updated", { id: anna.id, status: "busy" });
  await ringing.hangup();
  await client.event("queuecall_done", { id: caller.id, end_reason: "served" });
  await client.event("groupcall_hangup", { id: connecting.groupcall_id });
  await client.event("agent_status_updated", { id: anna.id, status: "available" });
  await call.ended();
});

test("what becomes of a message is told", async () => {
  using client = await listen();
  await client.subscribe("message_*", "conversation_*");
  const phone = await lab.phone({ user: "anna" });
  const peer = { type: "sip", target: `anna@${phone.address}:${phone.port}` };
  const { id } = await lab.api.post("/conversations", { self: { type: "tel", target: "+4930123456" }, peer });
  await client.event("conversation_created", { id });
  const message = await lab.api.post(`/conversations/${id}/messages`, { text: "hello" });
  await client.event("message_created", { id: message.id, status: "progressing", type: "sms", direction: "outbound" });
  await client.event("message_updated", { id: message.id, status: "done", direction: "outbound" });
  const { data } = await client.event("conversation_message_created", { id: message.id, direction: "outgoing" });
  expect(data).not.toHaveProperty("type");
});
