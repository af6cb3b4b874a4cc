import { setTimeout as pause } from "node:timers/promises";

/** Long enough for a slow machine; every wait of a test that is not measured itself. */
export const PATIENCE_MS = 10_000;
const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 50;

/** Thrown by an attempt that no further one can mend. */
export class Hopeless extends Error {}

/** Tries until `attempt` neither throws nor gives undefined or false; at the deadline, fails with its last reason. */
export const eventually = async <Value>(
  what: string,
  attempt: () => Value | Promise<Value>,
  withinMs = PATIENCE_MS,
): Promise<Exclude<Value, undefined | false>> => {
  const deadline = performance.now() + withinMs;
  let pauseMs = FIRST_PAUSE_MS;
  for (;;) {
    const outcome = await settle(attempt);
    if (outcome.met) return outcome.value;
    if (outcome.hopeless) throw new Error(`${what}: never; ${outcome.reason}`);
    if (performance.now() > deadline) throw new Error(`${what}: not within ${withinMs} ms; ${outcome.reason}`);
    await pause(pauseMs);
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  }
};

type Outcome<Value> =
  | { met: true; value: Exclude<Value, undefined | false> }
  | { met: false; hopeless: boolean; reason: string };

const settle = async <Value>(attempt: () => Value | Promise<Value>): Promise<Outcome<Value>> => {
  try {
    const value = await attempt();
    if (isMet(value)) return { met: true, value };
    return { met: false, hopeless: false, reason: `last saw ${String(value)}` };
  } catch (error) {
    return {
      met: false,
      hopeless: error instanceof Hopeless,
      reason: error instanceof Error ? error.message : String(error),
    };
  }
};

const isMet = <Value>(value: Value): value is Exclude<Value, undefined | false> =>
  value !== undefined && value !== false;
