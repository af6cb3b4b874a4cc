import type { DialTarget } from "../../model/dial-target.ts";
import type { TrunkStore } from "../../ports/trunk-store.ts";
import type { TrunkLimits } from "./trunk-limits.ts";

export interface TrunkSlots {
  /** A place in the target's trunk until it is disposed of; undefined when the trunk is full, or gone. */
  take(target: DialTarget, isHeld: boolean): Promise<Disposable | undefined>;
}

/** What a call needs of a trunk's limits; a target without a trunk has none. */
export const createTrunkSlots = (trunks: TrunkStore, limits: TrunkLimits): TrunkSlots => ({
  async take(target, isHeld) {
    if (target.kind !== "trunk") return { [Symbol.dispose]() {} };
    if (isHeld) return { [Symbol.dispose]: limits.take(target.trunk_id) };
    const trunk = await trunks.get(target.trunk_id);
    const release = trunk && limits.tryTake(trunk);
    return release && { [Symbol.dispose]: release };
  },
});
