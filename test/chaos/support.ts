/** Kills in the instant in which many things happen. */
import { setTimeout as pause } from "node:timers/promises";
import { test } from "vitest";
import type { Call } from "../support/call.ts";
import type { Lab } from "../support/lab.ts";
import { seeded } from "../support/seeded.ts";
import { tone } from "../support/tones.ts";

/** Long enough for a restart on a busy machine. */
export const LIMIT_MS = 30_000;
const SPREAD_MS = 60;

/** Made ready; what happens in the instant of the crash, or begins so long before it; how it must go on. */
type Deed = (() => Promise<() => Promise<unknown>>) & { readonly leadMs?: number };
export type Moment = () => Promise<Deed>;

/** Of a deed, what comes so much later is to be in the instant of the crash. */
export const ahead = (leadMs: number, deed: Deed): Deed => Object.assign(deed, { leadMs });

/** Says a tone again and again until it is heard. */
export const sayUntil = async (speaker: Pick<Call, "say">, frequency: number, heard: Promise<unknown>) => {
  let isOver = false;
  const hearing = heard.finally(() => {
    isOver = true;
  });
  const saying = async (): Promise<void> => {
    while (!isOver) await speaker.say(tone(frequency, 200));
  };
  await Promise.all([hearing, saying()]);
};
export const isHeard = (speaker: Call, listener: Call, frequency: number): Promise<void> =>
  sayUntil(speaker, frequency, listener.heard(frequency, LIMIT_MS));

/**
 * Kills Ringdown while all these are done, each at a time of its own shortly before or after, and starts it again (killed
 * once more while it starts, if wanted); then each must go on as it says.
 */
async function killAmong(
  lab: Lab,
  moments: Readonly<Record<string, Moment>>,
  { random, again, ofEach }: { readonly random: () => number; readonly again: boolean; readonly ofEach: number },
): Promise<void> {
  const all = Object.entries(moments).flatMap((moment) => Array<typeof moment>(ofEach).fill(moment));
  const ready = await Promise.all(all.map(async ([name, moment]) => ({ name, deed: await moment() })));
  const longestLeadMs = Math.max(...ready.map(({ deed }) => deed.leadMs ?? 0));
  const kill = pause(longestLeadMs + SPREAD_MS).then(lab.ringdown.kill);
  const deeds = ready.map(async ({ name, deed }) => {
    await pause(longestLeadMs - (deed.leadMs ?? 0) + random() * 2 * SPREAD_MS);
    return { name, goOn: await deed() };
  });
  await kill;
  if (again) {
    const starting = lab.ringdown.start().catch(() => "killed before it was ready");
    await pause(500 + random() * 1_000);
    await lab.ringdown.kill();
    await starting;
  }
  await lab.ringdown.start();
  const ends = (await Promise.all(deeds)).map(({ name, goOn }) =>
    goOn().catch((error: unknown) => {
      throw new Error(`${name}: ${error instanceof Error ? error.message : error}`, { cause: error });
    }),
  );
  const failures = (await Promise.allSettled(ends)).flatMap((end) => (end.status === "rejected" ? [end.reason] : []));
  if (failures.length > 0) throw new AggregateError(failures, failures.map(({ message }) => message).join("\n"));
}

/** A test for each of the kills: all of that happens in its instant, so many times. */
export const testKills = (
  title: string,
  { lab, moments, ofEach = 1 }: { lab: Lab; moments: Readonly<Record<string, Moment>>; ofEach?: number },
  kills: readonly { readonly seed: number; readonly again: boolean }[],
): void =>
  test.each(kills)(
    `${title} (seed $seed, killed again: $again)`,
    ({ seed, again }) => killAmong(lab, moments, { random: seeded(seed), again, ofEach }),
    90_000,
  );
