import type { Clock } from "../ports/clock.ts";

/** Shared, because an abort without a reason makes one, with its stack, each time. */
const DECIDED = new Error("decided");

/** What comes before that time; undefined when nothing does. Rejects with the signal's reason. */
export async function before<T>(
  untilMs: number,
  comes: (signal: AbortSignal) => Promise<T>,
  clock: Clock,
  signal: AbortSignal,
): Promise<T | undefined> {
  const decided = new AbortController();
  const either = AbortSignal.any([signal, decided.signal]);
  const coming = comes(either);
  const deadline = clock.sleepUntil(untilMs, either).then(() => undefined);
  try {
    return await Promise.race([coming, deadline]);
  } finally {
    decided.abort(DECIDED);
    await Promise.allSettled([coming, deadline]);
  }
}
