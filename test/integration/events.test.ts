import { expect, test } from "vitest";
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

test("what becomes of a message is told", async () => {
  using client = await listen();
  await client.subscribe("message_*", "conversation_*");
  const phone = await lab.phone({ user: "anna" });
  const peer = { type: "sip", target: `anna@${phone.address}:${phone.port}` };
  const { id } = await lab.api.post("/conversations", { self: { type: "tel", target: "+4930123456" }, peer });
  await client.event("conversation_created", { id });
  const message = await lab.api.post(`/conversations/${id}/messages`, { text: "hello" });
  await client.event("message_created", { id: message.id, status: "progressing" });
  await client.event("message_updated", { id: message.id, status: "done" });
});
