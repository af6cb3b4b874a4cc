import { NEUTRAL_SOURCE } from "../../model/address.ts";
import { DialLoopError } from "../../ports/connector.ts";
import type { Ids } from "../../ports/ids.ts";
import type { Originator } from "../../ports/originator.ts";
import type { CallScope } from "../call-scope.ts";
import { memoOf, type RunState, type Step } from "../run-state.ts";
import { MAX_HOPS } from "./hops.ts";
import type { Orders } from "./orders.ts";

type Parts = {
  readonly orders: Orders;
  readonly ids: Ids;
  readonly state: RunState;
  readonly step: Step;
  readonly scope: CallScope | undefined;
};

/** Calls that one step makes; their ids belong to the step, so that it makes them once. */
export const originatorOf = ({ orders, ids, state, step, scope }: Parts): Originator => ({
  async place({ source, destinations, chained, ...what }) {
    const hops = scope?.call.hops ?? 0;
    if (hops >= MAX_HOPS) throw new DialLoopError(hops);
    const callIds = await memoOf(state, step.id)("callIds", () => destinations.map(() => ids.next()));
    const order = {
      ...what,
      customerId: state.record.customer_id,
      source: source ?? scope?.call.source ?? NEUTRAL_SOURCE,
      destinations,
      variables: {},
    };
    const masterCallId = scope?.call.id ?? null;
    const placed = await orders.place(order, { masterCallId, chained, hops: hops + 1, ids: callIds });
    state.addFact("calls_placed", { call_ids: placed.calls.map(({ id }) => id) });
  },
});
