import { setTimeout as pause } from "node:timers/promises";
import type { Call } from "../../test/support/call.ts";
import { eventually } from "../../test/support/eventually.ts";
import { nextAddress } from "../../test/support/loopback.ts";
import { startPhone } from "../../test/support/phone.ts";
import { tone } from "../../test/support/tones.ts";
import type { LiveHost } from "../subjects/live-hosts.ts";
import { type Spread, spreadOf } from "./statistics.ts";

export type StreamPlan = { readonly streams: number; readonly rounds: number };

const FRAME_MS = 20;
/** Between the tones of one call: each is over, wherever it went. */
const ROUND_MS = 1_000;

/** How long after a caller's packet a host has the voice that is in it, ms, while so many calls of a number stream to it. */
export async function voicesToHost(
  { server, number, host }: { readonly server: string; readonly number: string; readonly host: LiveHost },
  { streams, rounds }: StreamPlan,
): Promise<Spread> {
  if (rounds === 0) return spreadOf([]);
  await using phone = await startPhone({ address: nextAddress(), server: { address: server, port: 5060 } });
  const calls: { readonly call: Call; readonly loud: readonly number[] }[] = [];
  // One after the other: so each is known by its turn.
  while (calls.length < streams) {
    const call = await phone.dial(number);
    calls.push({ call, loud: await eventually("its stream", () => host.loud[calls.length]) });
  }
  const found: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const lags = calls.map(async ({ call, loud }, turn) => {
      // Spread over the second, and over the 20 ms of a frame.
      await pause((turn * ROUND_MS) / streams);
      await call.say(tone(440, FRAME_MS));
      const sentMs = performance.now();
      return (await eventually("the voice", () => loud.find((atMs) => atMs >= sentMs))) - sentMs;
    });
    found.push(...(await Promise.all(lags)));
  }
  await Promise.all(calls.map(({ call }) => call.hangup()));
  return spreadOf(found);
}
