import { expect, test } from "vitest";
import { sip } from "../support/addresses.ts";
import { makeQueue } from "../support/call-centre.ts";
import { startLab } from "../support/lab.ts";
import { tone } from "../support/tones.ts";
import { aftermathOf, prompt } from "./actions/support.ts";

/** Agents whose phones ring one after the other: each has the whole ring time. */
const lab = await startLab();
const [CALLER, CALLEE, AFTER] = [440, 620, 850];
const RING_MS = 1_000;
/** Asterisk's timer and the clock of the test may differ by so much. */
const TOLERANCE_MS = 100;

test.each([
  [
    "connect",
    async (agentId: string) => ({
      type: "connect",
      option: { destinations: [{ type: "agent", target: agentId }], timeout: RING_MS },
    }),
  ],
  [
    "queue_join",
    async (agentId: string) => {
      const queue = await makeQueue(lab, { ring_time: RING_MS });
      await lab.api.request("PUT", `/agents/${agentId}/tag_ids`, { tag_ids: [queue.tagId] });
      return queue.join;
    },
  ],
] as const)("%s: a phone that rings out hands on to the next, which rings as long", async (type, joining) => {
  const phones = [await lab.phone({ user: "bob" }), await lab.phone({ user: "eve" }), await lab.phone({ user: "dan" })];
  const [bob, eve, dan] = phones;
  const { id } = await lab.api.post("/agents", { name: "Anna", addresses: phones.map(sip), ring_method: "linear" });
  const call = await lab.call([await joining(id), prompt(lab, AFTER)]);
  for (const phone of [bob, eve]) {
    const ringing = await phone?.rings();
    const beganMs = performance.now();
    ringing?.ring();
    await expect(dan?.rings(0)).rejects.toThrow();
    expect(await ringing?.ended()).toMatchObject({ by: "them", status: 487 });
    expect(performance.now() - beganMs).toBeGreaterThan(RING_MS - TOLERANCE_MS);
  }
  const last = await dan?.rings();
  last?.answer();
  await call.answered();
  await Promise.all([last?.say(tone(CALLEE, 400)), call.heard(CALLEE)]);
  await Promise.all([call.say(tone(CALLER, 400)), last?.heard(CALLER)]);
  await last?.hangup();
  await call.heard(AFTER);
  await call.ended();
  const { facts } = await aftermathOf(lab, call.number);
  const failed = facts("leg_failed").map(({ reason, cause }) => ({ reason, cause }));
  expect(failed).toEqual(type === "connect" ? Array(2).fill({ reason: "noanswer", cause: 19 }) : []);
});
