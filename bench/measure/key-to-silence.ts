import { eventually } from "../../test/support/eventually.ts";
import { nextAddress } from "../../test/support/loopback.ts";
import { type Phone, startPhone } from "../../test/support/phone.ts";
import { FRAME_MS } from "../../test/support/rtp/codec.ts";
import { numbersOf } from "../subjects/asterisk.ts";
import { type Spread, spreadOf } from "./statistics.ts";

/** Longer than the pauses of speech. */
const SILENT_FOR_MS = 400;
/** How long a key is held; Asterisk tells of it when it is released. */
const KEY_MS = 100;
/** Over how long the keys of calls that came at once are spread. */
const SPREAD_MS = 1_000;

/**
 * How long after the release of a key the last sound of the prompt ended, ms, by subject; the subjects take turns, with
 * as many calls at once as told.
 */
export async function silences(
  server: string,
  { callsAtOnce, rounds }: { readonly callsAtOnce: number; readonly rounds: number },
): Promise<Readonly<Record<string, Spread>>> {
  await using plugs = new AsyncDisposableStack();
  const plug = async () =>
    plugs.use(await startPhone({ address: nextAddress(), server: { address: server, port: 5060 } }));
  const phones = await Promise.all(Array.from({ length: callsAtOnce }, plug));
  const subjects = Object.entries(numbersOf).map(([name, { long }]) => ({ name, long, found: [] as number[] }));
  for (let round = 0; round < rounds; round++) {
    for (const { long, found } of subjects) {
      const listenMs = (index: number): number => (index * SPREAD_MS) / callsAtOnce;
      found.push(...(await Promise.all(phones.map((phone, index) => silenceAfterKey(phone, long, listenMs(index))))));
    }
  }
  return Object.fromEntries(subjects.map(({ name, found }) => [name, spreadOf(found)]));
}

/** The keys of different calls fall on different moments, as those of people do. */
async function silenceAfterKey(phone: Phone, number: string, listenMs: number): Promise<number> {
  const call = await phone.dial(number);
  await call.answered();
  const startMs = await eventually("the prompt", () => call.blocks().find(({ heard }) => heard !== "silence")?.atMs);
  await eventually("more of the prompt", () => call.lastSoundMs() - startMs > listenMs);
  // The first packet goes out within a frame of 20 ms, which so counts against the other side.
  const releasedMs = call.story.nowMs() + KEY_MS;
  await call.press("1", { by: "rfc4733", toneMs: KEY_MS, gapMs: 0 });
  await call.quiet(SILENT_FOR_MS);
  const endMs = call.lastSoundMs() + FRAME_MS;
  await call.hangup();
  // Between two words there was silence already.
  return Math.max(0, endMs - releasedMs);
}
