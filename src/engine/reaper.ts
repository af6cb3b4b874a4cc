/**
 * Ends what the switch still has of calls and runs that are over: after a crash, and after a request that was carried
 * out later than we could wait for it.
 *
 * 1. What is only being made, or only being ended, is no leftover: who looks like one is looked at twice.
 */
import type { Clock } from "../ports/clock.ts";
import type { Metrics } from "../ports/metrics.ts";
import type { Telephony } from "../ports/telephony.ts";
import type { Activeflows } from "./active-flows.ts";
import type { CallScope } from "./call-scope.ts";
import type { Calls } from "./calls.ts";

/** Longer than making or ending anything takes. */
const SECOND_LOOK_MS = 2_000;

/** Ids of what serves a run, a call or a confbridge begin with its id and a dot. */
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

type Services = {
  readonly telephony: Telephony;
  readonly activeflows: Pick<Activeflows, "isGoingOn">;
  readonly calls: Pick<Calls, "isStray" | "find">;
  /** Whether it serves a call that is live, or a confbridge; what is spoken over a call may end by itself. */
  readonly serves: (id: string, scope?: CallScope) => boolean;
  readonly clock: Clock;
  readonly metrics: Metrics;
};

/** The result looks for leftovers and ends them. */
export function createReaper({ telephony, activeflows, calls, serves, clock, metrics }: Services) {
  async function leftovers(signal: AbortSignal): Promise<readonly string[]> {
    const [servants, channels] = await Promise.all([telephony.servants(signal), telephony.channels(signal)]);
    return [...servants.filter(servesNobody), ...channels.filter(calls.isStray).map(({ id }) => id)];
  }

  function servesNobody(id: string): boolean {
    const ownerId = id.slice(0, id.indexOf("."));
    if (!UUID.test(ownerId) || activeflows.isGoingOn(ownerId)) return false;
    return !serves(id, calls.find(ownerId));
  }

  return async (signal: AbortSignal): Promise<void> => {
    const suspects = await leftovers(signal);
    if (suspects.length === 0) return;
    await clock.sleepUntil(clock.now() + SECOND_LOOK_MS, signal);
    const left = new Set(await leftovers(signal));
    for (const id of suspects.filter((suspect) => left.has(suspect))) {
      await telephony.dismiss(id);
      metrics.count("leftovers_reaped");
    }
  };
}
