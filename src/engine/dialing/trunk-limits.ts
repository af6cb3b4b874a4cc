import type { Trunk } from "../../model/trunk.ts";
import type { Clock } from "../../ports/clock.ts";

type Limited = Pick<Trunk, "id" | "max_calls" | "max_calls_per_second">;

/** The limit that a trunk has reached. */
export type ReachedLimit = "max_calls" | "max_calls_per_second";

/** Gives a call's place back; again, it does nothing. */
export type Release = () => void;

/** Counts the calls of each trunk. */
export type TrunkLimits = {
  /** A place for one more call, or why there is none: it has as many as it may, or began as many within this second. */
  tryTake(trunk: Limited): Release | ReachedLimit;
  /** The place of a call that is up already, whatever the limits: for those that an earlier process began. */
  take(trunkId: string): Release;
};

const SECOND_MS = 1_000;

/** Limits are read with each call, so that a change counts at once. */
export function createTrunkLimits(clock: Pick<Clock, "now">): TrunkLimits {
  const live = new Map<string, Set<symbol>>();
  /** When calls began within the last second. */
  const begun = new Map<string, readonly number[]>();

  function take(trunkId: string): Release {
    const call = Symbol(trunkId);
    const calls = live.get(trunkId) ?? new Set();
    live.set(trunkId, calls.add(call));
    return () => {
      calls.delete(call);
      if (calls.size === 0 && live.get(trunkId) === calls) live.delete(trunkId);
    };
  }

  return {
    take,
    tryTake({ id, max_calls, max_calls_per_second }) {
      if (max_calls !== null && (live.get(id)?.size ?? 0) >= max_calls) return "max_calls";
      if (max_calls_per_second === null) {
        begun.delete(id);
        return take(id);
      }
      const nowMs = clock.now();
      const recent = (begun.get(id) ?? []).filter((atMs) => atMs > nowMs - SECOND_MS);
      if (recent.length >= max_calls_per_second) return "max_calls_per_second";
      begun.set(id, [...recent, nowMs]);
      return take(id);
    },
  };
}
