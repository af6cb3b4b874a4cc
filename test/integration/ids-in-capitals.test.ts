/** Ids are stored in small letters; a flow may name them in capitals, as it may name anything by a variable. */
import { expect, test } from "vitest";
import { sip } from "../support/addresses.ts";
import { eventually } from "../support/eventually.ts";
import { startLab } from "../support/lab.ts";
import { aftermathOf, set } from "./actions/support.ts";

const lab = await startLab();
const answer = { type: "answer" };

test("an agent and the call that answered", async () => {
  const bob = await lab.phone({ user: "bob" });
  const agent = await lab.api.post("/agents", { name: "Bob", addresses: [sip(bob)] });
  const target = agent.id.toUpperCase();
  const other = await lab.call([{ type: "hangup", option: { reason: "busy" } }]);
  await other.ended();
  const reference_id = (await lab.recordOf(other.number)).id.toUpperCase();
  const call = await lab.call([
    answer,
    set("agent", target),
    { type: "connect", option: { destinations: [{ type: "agent", target: "${agent}" }] } },
    { type: "connect", option: { destinations: [{ type: "agent", target }] } },
    { type: "hangup_relay", option: { reference_id } },
  ]);
  (await bob.rings()).refuse(486);
  (await bob.rings()).refuse(486);
  await call.ended();
  expect((await aftermathOf(lab, call.number)).record).toMatchObject({ hangup_reason: "busy", hangup_cause: 17 });
});

test("a queue, a conference, and the flow of another call", async () => {
  const bob = await lab.phone({ user: "bob" });
  const queue = await lab.api.post("/queues", { name: "sales", wait_timeout: 1_000 });
  const conference = await lab.api.post("/conferences", { name: "daily" });
  const flow = await lab.flow([{ type: "hangup" }]);
  const call = await lab.call([
    answer,
    { type: "call", option: { destinations: [sip(bob)], flow_id: flow.toUpperCase() } },
    { type: "queue_join", option: { queue_id: queue.id.toUpperCase() } },
    { type: "conference_join", option: { conference_id: conference.id.toUpperCase() } },
  ]);
  const ringing = await bob.rings();
  ringing.answer();
  await ringing.ended();
  await eventually("a conferencecall", async () => (await lab.api.list("/conferencecalls")).length === 1);
  await call.hangup();
  const { variables, facts } = await aftermathOf(lab, call.number);
  expect(variables).toMatchObject({ "voipbin.queuecall.end_reason": "wait_timeout" });
  expect(facts("action_failed")).toEqual([]);
});
