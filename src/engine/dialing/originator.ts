import { NEUTRAL_SOURCE } from "../../model/address.ts";
import type { Ids } from "../../ports/ids.ts";
import type { Originator } from "../../ports/originator.ts";
import type { Storage } from "../../ports/storage.ts";
import type { CallScope } from "../call-scope.ts";
import { memoOf, type RunState, type Step } from "../run-state.ts";
import { before, checkHops, hopsOf } from "./hops.ts";
import type { Orders } from "./orders.ts";

type Parts = {
  readonly orders: Orders;
  readonly calls: Pick<Storage["calls"], "get">;
  readonly ids: Ids;
  readonly state: RunState;
  readonly step: Step;
  readonly scope: CallScope | undefined;
};

/** Calls that one step makes; their ids belong to the step, so that it makes them once. */
export const originatorOf = ({ orders, calls, ids, state, step, scope }: Parts): Originator => ({
  async place({ source, destinations, chained, ...what }) {
    const hops = await hopsSoFar(state, calls, scope);
    const { calls: made = 0 } = state.cursor;
    checkHops(hops, destinations, made);
    const callIds = await memoOf(state, step.id)("callIds", () => destinations.map(() => ids.next()));
    const order = {
      ...what,
      customerId: state.record.customer_id,
      source: source ?? scope?.call.source ?? NEUTRAL_SOURCE,
      destinations,
      variables: {},
    };
    const masterCallId = scope?.call.id ?? null;
    const counted = { hops: hops + 1, among: destinations.length, before: before(hops, made) };
    const placed = await orders.place(order, { masterCallId, chained, ...counted, ids: callIds });
    state.countCalls(destinations.length);
    state.addFact("calls_placed", { call_ids: placed.calls.map(({ id }) => id) });
  },
});

/** A flow that follows another has its call no more, and comes out of it all the same, by one more way. */
async function hopsSoFar({ record }: RunState, calls: Parts["calls"], scope: CallScope | undefined): Promise<number> {
  return (await hopsOf(record, async (id) => scope?.call ?? calls.get(id))) + record.complete_count;
}
