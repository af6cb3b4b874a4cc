import { orAborted } from "../ports/or-aborted.ts";

/** One piece of work at a time per key: those who ask for it meanwhile share its result. */
export type Coalesce<Result> = (
  key: string,
  work: (signal: AbortSignal) => Promise<Result>,
  signal: AbortSignal,
) => Promise<Result>;

/**
 * Each asker waits no longer than its own signal allows; the work is aborted when nobody waits for it any more.
 */
export function coalesce<Result>(): Coalesce<Result> {
  const running = new Map<string, Shared<Result>>();
  return async (key, work, signal) => {
    signal.throwIfAborted();
    const shared = running.get(key) ?? begin(key, work, running);
    shared.waiting += 1;
    try {
      return await orAborted(shared.result, signal);
    } finally {
      shared.waiting -= 1;
      if (shared.waiting === 0) {
        if (running.get(key) === shared) running.delete(key);
        shared.abandon();
      }
    }
  };
}

type Shared<Result> = { readonly result: Promise<Result>; readonly abandon: () => void; waiting: number };

function begin<Result>(
  key: string,
  work: (signal: AbortSignal) => Promise<Result>,
  running: Map<string, Shared<Result>>,
): Shared<Result> {
  const controller = new AbortController();
  const shared = { result: work(controller.signal), abandon: () => controller.abort(), waiting: 0 };
  running.set(key, shared);
  // Whoever comes after the end starts anew: a failure is not kept.
  const forget = () => {
    if (running.get(key) === shared) running.delete(key);
  };
  shared.result.then(forget, forget);
  return shared;
}
