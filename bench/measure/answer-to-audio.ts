import { setTimeout as pause } from "node:timers/promises";
import { eventually } from "../../test/support/eventually.ts";
import { nextAddress } from "../../test/support/loopback.ts";
import { type Phone, startPhone } from "../../test/support/phone.ts";
import { FRAME_MS } from "../../test/support/rtp/codec.ts";
import { type SpeakingCallee, startSpeakingCallee } from "../load/speaking-callee.ts";
import { connecting } from "../subjects/asterisk.ts";
import { type Spread, spreadOf } from "./statistics.ts";

/** Nobody answers sooner; whatever is prepared while it rings is prepared. */
const RING_MS = 300;

/**
 * How long after the callee's answer (its 200) the caller hears the callee, ms, by subject; the subjects take turns. The
 * callee's first packet falls on each moment of the 20 ms in which a phone's does.
 */
export async function answersToAudio(
  server: string,
  calleeAddress: string,
  { rounds }: { readonly rounds: number },
): Promise<Readonly<Record<string, Spread>>> {
  using callee = await startSpeakingCallee(calleeAddress);
  const address = nextAddress();
  const plug = () => startPhone({ address, server: { address: server, port: 5060 } });
  const subjects = Object.entries(connecting).map(([name, { single }]) => ({ name, single, found: [] as number[] }));
  for (let round = 0; round < rounds; round++) {
    const silentMs = (round * FRAME_MS) / rounds;
    for (const { single, found } of subjects) {
      // A phone sends audio for as long as it is plugged in.
      await using caller = await plug();
      found.push(await answerToAudio(caller, callee, single, silentMs));
    }
  }
  return Object.fromEntries(subjects.map(({ name, found }) => [name, spreadOf(found)]));
}

async function answerToAudio(caller: Phone, callee: SpeakingCallee, number: string, silentMs: number): Promise<number> {
  const call = await caller.dial(number);
  const ringing = await callee.rings();
  ringing.ring();
  await call.progressed();
  await pause(RING_MS);
  const answeredMs = call.story.nowMs();
  ringing.answer(silentMs);
  const first = await eventually("the callee's voice", () => call.blocks()[0]);
  await call.hangup();
  await ringing.hungUp();
  return first.atMs - answeredMs;
}
