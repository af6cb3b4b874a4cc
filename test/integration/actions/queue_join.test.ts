import { expect, test } from "vitest";
import { tonesHeard } from "../../support/call.ts";
import { makeQueue } from "../../support/call-centre.ts";
import { eventually } from "../../support/eventually.ts";
import { startLab } from "../../support/lab.ts";
import { tone } from "../../support/tones.ts";
import { aftermathOf, prompt, set } from "./support.ts";

const lab = await startLab();
const [WAIT, CALLER, AGENT, AFTER] = [440, 620, 850, 1100];
const answer = { type: "answer" };

test("the wait flow goes round until an agent has answered; then the two talk, and the flow goes on", async () => {
  const wait_flow_id = await lab.flow([prompt(lab, WAIT), { type: "sleep", option: { duration: 1_200 } }]);
  const queue = await makeQueue(lab, { wait_flow_id });
  const call = await lab.call([answer, queue.join, prompt(lab, AFTER)]);
  for (let round = 0; round < 2; round += 1) await call.heard(WAIT);
  const anna = await queue.agent();
  const ringing = await anna.phone.rings();
  ringing.ring();
  expect(await anna.status()).toBe("ringing");
  // Its wait goes on while the agent's phone rings.
  await call.heard(WAIT);
  ringing.answer();
  await queue.caller("service");
  expect(await anna.status()).toBe("busy");
  await Promise.all([call.say(tone(CALLER, 400)), ringing.heard(CALLER)]);
  await Promise.all([ringing.say(tone(AGENT, 400)), call.heard(AGENT)]);
  await ringing.hangup();
  await call.heard(AFTER);
  await call.ended();
  expect(new Set(tonesHeard(ringing))).toEqual(new Set([CALLER]));
  expect(new Set(tonesHeard(call))).toEqual(new Set([WAIT, AGENT, AFTER]));
  expect(await queue.caller("done")).toMatchObject({ end_reason: "served", service_agent_id: anna.id });
  await eventually("the agent's freedom", async () => (await anna.status()) === "available");
  const { variables } = await aftermathOf(lab, call.number);
  expect(variables).toMatchObject({ "voipbin.queuecall.status": "done", "voipbin.queuecall.end_reason": "served" });
  expect(Number(variables["voipbin.queuecall.duration_waiting"])).toBeGreaterThan(2_000);
  expect(Object.keys(variables).filter((name) => name.startsWith("voipbin.queue."))).toEqual([]);
});

test("without a wait flow there is music, and a caller who was not answered is, by the agent", async () => {
  const queue = await makeQueue(lab);
  const call = await lab.call([queue.join]);
  await eventually("music", () => call.lastSoundMs() > 1_000);
  expect(call.statuses()).not.toContain(200);
  const anna = await queue.agent();
  const ringing = await anna.phone.rings();
  ringing.answer();
  await call.answered();
  await Promise.all([call.say(tone(CALLER, 400)), ringing.heard(CALLER)]);
  await Promise.all([ringing.say(tone(AGENT, 400)), call.heard(AGENT)]);
  await call.hangup();
  expect(await ringing.ended()).toMatchObject({ by: "them" });
  expect(await queue.caller("done")).toMatchObject({ end_reason: "hangup" });
});

test("while it waits, a flow knows its place; what it is told is as it is then", async () => {
  const told = "${voipbin.queue.name} ${voipbin.queuecall.status} ${voipbin.queuecall.position}";
  const waited = set("waited", "${voipbin.queuecall.duration_waiting}");
  const wait_flow_id = await lab.flow([waited, set("told", told), { type: "sleep", option: { duration: 500 } }]);
  const queue = await makeQueue(lab, { wait_flow_id, name: "north" });
  const actions = [answer, queue.join, prompt(lab, AFTER)];
  const first = await lab.call(actions);
  await queue.waiting(1);
  const second = await lab.call(actions);
  await queue.waiting(2);
  expect((await queue.callers()).map(({ position }) => position)).toEqual([1, 2]);
  await first.hangup();
  await queue.waiting(1);
  await eventually("its new position", async () => (await queue.callers())[1]?.position === 1);
  const { variables } = await eventually("being told so", async () => {
    const run = Object(await lab.api.get(`/activeflows/${String((await lab.recordOf(second.number)).activeflow_id)}`));
    return run.variables.told === "north waiting 1" ? run : undefined;
  });
  expect(variables).toMatchObject({ "voipbin.queue.id": queue.id, "voipbin.queuecall.timeout_wait": "0" });
  expect(Number(variables.waited)).toBeGreaterThan(400);
  const shown = (await queue.callers())[1]?.duration_waiting ?? 0;
  expect(shown).toBeGreaterThan(Number(variables.waited));
  await second.hangup();
  expect(await queue.caller("abandoned", 1)).toMatchObject({ end_reason: "hangup" });
});

test("when its time to wait is up, a caller goes on, and its flow can tell", async () => {
  const wait_flow_id = await lab.flow([{ type: "sleep", option: { duration: 60_000 } }]);
  const queue = await makeQueue(lab, { wait_flow_id, wait_timeout: 1_500 });
  const branch = {
    type: "branch",
    option: { variable: "voipbin.queuecall.end_reason", target_ids: { wait_timeout: "late" }, default_target_id: "no" },
  };
  const call = await lab.call([
    answer,
    queue.join,
    branch,
    { id: "no", type: "stop" },
    { id: "late", ...prompt(lab, AFTER) },
  ]);
  await call.heard(AFTER);
  await call.ended();
  const caller = await queue.caller("abandoned");
  expect(caller.end_reason).toBe("wait_timeout");
  expect(caller.duration_waiting).toBeGreaterThanOrEqual(1_500);
  expect(caller.duration_waiting).toBeLessThan(3_000);
});

test("a queue that is not there is a fact on the timeline, and the flow goes on", async () => {
  const queue_id = "11111111-1111-4111-8111-111111111111";
  const call = await lab.call([answer, { type: "queue_join", option: { queue_id } }, prompt(lab, AFTER)]);
  await call.heard(AFTER);
  await call.ended();
  const { facts } = await aftermathOf(lab, call.number);
  expect(facts("action_failed")).toMatchObject([{ action: "queue_join", error: "QueueingError" }]);
});
