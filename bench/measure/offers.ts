import { setTimeout as pause } from "node:timers/promises";
import { eventually } from "../../test/support/eventually.ts";
import { nextAddress } from "../../test/support/loopback.ts";
import { type RingingCall, startPhone } from "../../test/support/phone.ts";
import type { Ringdown } from "../../test/support/ringdown.ts";
import type { Callers } from "../load/callers.ts";
import { patientCaller } from "../load/scenario.ts";
import { numbersOf } from "../subjects/asterisk.ts";
import { makeBenchQueue } from "../subjects/ringdown.ts";
import { type Spread, spreadOf } from "./statistics.ts";

export type OfferPlan = { readonly waiting: number; readonly rounds: number };

const CALLS_PER_SECOND = 40;
/** More than a talk lasts, from its offer to its end. */
const ROUND_MS = 700;
/** For callers who come later than they should. */
const SLACK_MS = 5_000;
const TALK_MS = 100;

/** How long after an agent's hangup the next caller rings at the agent's phone, ms, while so many wait. */
export async function offers(
  { ringdown, callers, server }: { readonly ringdown: Ringdown; readonly callers: Callers; readonly server: string },
  { waiting, rounds }: OfferPlan,
): Promise<Spread> {
  if (rounds === 0) return spreadOf([]);
  const address = nextAddress();
  await using phone = await startPhone({ address, server: { address: server, port: 5060 }, user: "agent" });
  const queue = await makeBenchQueue(ringdown, numbersOf.ringdown.queue);
  // Each round takes one of them, and the last must find as many as were asked for.
  const calls = waiting + rounds + 1;
  const stayMs = (calls / CALLS_PER_SECOND) * 1_000 + rounds * ROUND_MS + SLACK_MS;
  const scenario = patientCaller(stayMs);
  const over = callers({ scenario, number: numbersOf.ringdown.queue, calls, callsPerSecond: CALLS_PER_SECOND });
  await eventually(`${calls} callers who wait`, async () => (await queue.waiting()) >= calls, stayMs);
  const leave = await queue.enter(`sip:agent@${address}`);
  const found: number[] = [];
  let ringing = await phone.rings();
  for (let round = 0; round < rounds; round++) {
    await talk(ringing);
    const freeMs = performance.now();
    await ringing.hangup();
    ringing = await phone.rings();
    found.push(performance.now() - ringing.story.nowMs() - freeMs);
  }
  await leave();
  ringing.refuse(486);
  await over;
  return spreadOf(found);
}

async function talk(ringing: RingingCall): Promise<void> {
  ringing.answer();
  await ringing.answered();
  await pause(TALK_MS);
}
