/** Kills in the instant in which many things happen. */
import { setTimeout as pause } from "node:timers/promises";
import type { Call } from "../support/call.ts";
import type { Lab } from "../support/lab.ts";
import { tone } from "../support/tones.ts";

/** Long enough for a restart on a busy machine. */
export const LIMIT_MS = 30_000;
const SPREAD_MS = 60;

/** Made ready; what happens in the instant of the crash; how it must go on. */
type Deed = () => Promise<() => Promise<unknown>>;
export type Moment = () => Promise<Deed>;

/** Says a tone again and again until the other hears it. */
export const isHeard = async (speaker: Call, listener: Call, frequency: number): Promise<void> => {
  let heard = false;
  const hearing = listener.heard(frequency, LIMIT_MS).finally(() => {
    heard = true;
  });
  const saying = async (): Promise<void> => {
    while (!heard) await speaker.say(tone(frequency, 200));
  };
  await Promise.all([hearing, saying()]);
};

/**
 * Kills Ringdown while all these are done, each at a time of its own shortly before or after, and starts it again (killed
 * once more while it starts, if wanted); then each must go on as it says.
 */
export async function killAmong(
  lab: Lab,
  ready: readonly Deed[],
  { random, again }: { readonly random: () => number; readonly again: boolean },
): Promise<void> {
  const kill = pause(SPREAD_MS).then(lab.ringdown.kill);
  const deeds = ready.map(async (deed) => {
    await pause(random() * 2 * SPREAD_MS);
    return deed();
  });
  await kill;
  if (again) {
    const starting = lab.ringdown.start().catch(() => "killed before it was ready");
    await pause(500 + random() * 1_000);
    await lab.ringdown.kill();
    await starting;
  }
  await lab.ringdown.start();
  for (const going of await Promise.all(deeds)) await going();
}
