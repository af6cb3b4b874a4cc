import type { DialTarget } from "../../model/dial-target.ts";
import type { TrunkStore } from "../../ports/trunk-store.ts";
import type { TrunkLimits } from "./trunk-limits.ts";

/** A place in a trunk, until it is disposed of; `refusal`: why there is none. */
export type TrunkSlot = Disposable & { readonly refusal?: string };

export interface TrunkSlots {
  take(target: DialTarget, isHeld: boolean): Promise<TrunkSlot>;
}

const refused = (refusal: string): TrunkSlot => ({ refusal, [Symbol.dispose]() {} });

/** What a call needs of a trunk's limits; a target without a trunk has none. */
export const createTrunkSlots = (trunks: TrunkStore, limits: TrunkLimits): TrunkSlots => ({
  async take(target, isHeld) {
    if (target.kind !== "trunk") return { [Symbol.dispose]() {} };
    if (isHeld) return { [Symbol.dispose]: limits.take(target.trunk_id) };
    const trunk = await trunks.get(target.trunk_id);
    if (!trunk) return refused("the trunk has been removed");
    const taken = limits.tryTake(trunk);
    if (typeof taken === "function") return { [Symbol.dispose]: taken };
    return refused(`the trunk carries as many calls as it may: raise its ${taken}, or add another trunk`);
  },
});
