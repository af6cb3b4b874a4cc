import { expect, test } from "vitest";
import { crash, prompt } from "../integration/actions/support.ts";
import { makeQueue, type TestQueue } from "../support/call-centre.ts";
import { eventually } from "../support/eventually.ts";
import { startLab } from "../support/lab.ts";
import { tone } from "../support/tones.ts";

/** What `kill -9` does to a queue: nobody loses a place, a phone or a partner. */
const lab = await startLab();
const [WAIT, CALLER, AGENT, AFTER] = [440, 620, 850, 1100];
const waitFlow = await lab.flow([prompt(lab, WAIT), { type: "sleep", option: { duration: 800 } }]);

async function arrive(queue: TestQueue, count: number) {
  const calls = [];
  for (let place = 0; place < count; place += 1) {
    calls.push(await lab.call([{ type: "answer" }, queue.join, prompt(lab, AFTER)]));
    await queue.waiting(place + 1);
  }
  return calls;
}

test("killed while callers wait: the queue keeps its order, and time to wait counts from before", async () => {
  const queue = await makeQueue(lab, { wait_flow_id: waitFlow, wait_timeout: 25_000 });
  const calls = await arrive(queue, 3);
  const before = await queue.shown();
  await crash(lab);
  expect((await queue.shown()).wait_queuecall_ids).toEqual(before.wait_queuecall_ids);
  expect((await queue.callers()).map(({ position }) => position)).toEqual([1, 2, 3]);
  await calls[0]?.heard(WAIT);
  const anna = await queue.agent();
  for (const index of [0, 1]) {
    const ringing = await anna.phone.rings();
    ringing.answer();
    await queue.caller("service", index);
    await crash(lab);
    await ringing.hangup();
    await calls[index]?.heard(AFTER);
  }
  await anna.set("away");
  const late = await queue
    .caller("abandoned", 2)
    .catch(() => eventually("its time", () => queue.caller("abandoned", 2), 30_000));
  expect(late.end_reason).toBe("wait_timeout");
  expect(late.duration_waiting).toBeLessThan(29_000);
});

test("killed while a phone rings: it rings on, for the same caller, once", async () => {
  const queue = await makeQueue(lab, { wait_flow_id: waitFlow });
  const [first] = await arrive(queue, 2);
  const anna = await queue.agent();
  const ringing = await anna.phone.rings();
  ringing.ring();
  await queue.caller("connecting", 0);
  await crash(lab);
  expect(await anna.status()).toBe("ringing");
  ringing.answer();
  await queue.caller("service", 0);
  await Promise.all([first?.say(tone(CALLER, 400)), ringing.heard(CALLER)]);
  await expect(anna.phone.rings(300)).rejects.toThrow("not within");
  await ringing.hangup();
  await first?.heard(AFTER);
});

test("who answers while nobody is there talks to its caller afterwards", async () => {
  const queue = await makeQueue(lab, { wait_flow_id: waitFlow });
  const [first] = await arrive(queue, 1);
  const anna = await queue.agent();
  const ringing = await anna.phone.rings();
  ringing.ring();
  await queue.caller("connecting");
  await lab.ringdown.kill();
  ringing.answer();
  await lab.ringdown.start();
  await queue.caller("service");
  await Promise.all([ringing.say(tone(AGENT, 400)), first?.heard(AGENT)]);
  await ringing.hangup();
  await first?.heard(AFTER);
});

test("who hangs up while nobody is there leaves no phone ringing, and the agent gets the next caller", async () => {
  const queue = await makeQueue(lab, { wait_flow_id: waitFlow });
  const [first, second] = await arrive(queue, 2);
  const anna = await queue.agent();
  const ringing = await anna.phone.rings();
  ringing.ring();
  await queue.caller("connecting", 0);
  await lab.ringdown.kill();
  await first?.hangup();
  await lab.ringdown.start();
  expect(await ringing.ended()).toMatchObject({ by: "them", status: 487 });
  const next = await anna.phone.rings();
  next.answer();
  await queue.caller("service", 1);
  await Promise.all([next.say(tone(AGENT, 400)), second?.heard(AGENT)]);
  expect(await queue.caller("abandoned", 0)).toMatchObject({ end_reason: "hangup" });
});

test("killed while they talk, caller and agent go on without a gap; what ends meanwhile is known afterwards", async () => {
  const queue = await makeQueue(lab, { wait_flow_id: waitFlow, wrap_up_time: 500 });
  const [first] = await arrive(queue, 1);
  const anna = await queue.agent();
  const ringing = await anna.phone.rings();
  ringing.answer();
  await queue.caller("service");
  await Promise.all([first?.say(tone(CALLER, 300)), ringing.heard(CALLER)]);
  const talking = first?.say(tone(1700, 4_000));
  await ringing.heard(1700);
  await crash(lab);
  await talking;
  expect(ringing.tones().filter(({ frequency }) => frequency === 1700).length).toBeLessThan(3);
  await lab.ringdown.kill();
  await ringing.hangup();
  await lab.ringdown.start();
  await first?.heard(AFTER);
  expect(await queue.caller("done")).toMatchObject({ end_reason: "served", service_agent_id: anna.id });
  await eventually("the agent's freedom", async () => (await anna.status()) === "available");
});
