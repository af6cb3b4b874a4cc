/** Calls that we make. */
import type { Logger } from "pino";
import type { Address } from "../model/address.ts";
import type { Call } from "../model/call.ts";
import { Cause } from "../model/hangup.ts";
import type { Clock } from "../ports/clock.ts";
import type { CallOrder } from "../ports/engine-control.ts";
import type { Ids } from "../ports/ids.ts";
import type { Storage } from "../ports/storage.ts";
import { type Telephony, TelephonyError } from "../ports/telephony.ts";
import type { Activeflows } from "./active-flows.ts";
import type { CallScope } from "./call-scope.ts";

/** How long the other side may ring. */
const RING_MS = 60_000;
/** How long after that the switch may take to tell that nobody answered. */
const NEWS_MS = 10_000;

type Services = {
  readonly storage: Storage;
  readonly telephony: Telephony;
  readonly activeflows: Activeflows;
  readonly open: (call: Call) => CallScope;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  readonly background: (work: Promise<unknown>) => void;
};

export function outboundCalls(services: Services) {
  const { storage, telephony, activeflows, open, clock, ids, log, background } = services;

  /** Stores one call for each destination, and lets them ring. */
  async function place(order: CallOrder): Promise<readonly Call[]> {
    activeflows.checkVariables(order.variables);
    return Promise.all(order.destinations.map((destination) => placeOne(order, destination)));
  }

  async function placeOne(order: CallOrder, destination: Address): Promise<Call> {
    const call = outgoingCall(order, destination, ids, clock);
    const scope = open(call);
    const at = call.tm_create;
    const fact = { at, type: "call_created", activeflow_id: call.activeflow_id, call_id: call.id, data: {} } as const;
    const { customerId, flowId, actions, onCompleteFlowId, variables } = order;
    const plan = { customerId, flowId, actions, onCompleteFlowId, variables, referenceType: "call" } as const;
    const [, begin] = await Promise.all([
      storage.calls.create(call, [fact]),
      activeflows.prepare({ ...plan, referenceId: call.id }, scope, call.activeflow_id ?? ids.next()),
    ]);
    log.info({ call_id: call.id, activeflow_id: call.activeflow_id }, "calling");
    goOn(scope, begin);
    return scope.call;
  }

  /** Rings, unless that has been done, and lets the flow begin when it is due, or end when the call has ended. */
  function goOn(scope: CallScope, begin: () => void): void {
    background(ring(scope));
    const due = scope.changes.until(() => (isDue(scope.call) ? true : undefined), scope.signal);
    background(due.catch(() => undefined).then(begin));
  }

  async function ring(scope: CallScope): Promise<void> {
    const { source, destination, channel_id } = scope.call;
    if (scope.call.status !== "dialing") return;
    try {
      await telephony.dial(channel_id, { source, destination, timeoutMs: RING_MS }, scope.signal);
    } catch (error) {
      if (scope.signal.aborted) return;
      if (!(error instanceof TelephonyError)) throw error;
      scope.undialable(error.message);
      await telephony.hangup(channel_id, scope.call.hangup_cause ?? 0);
      scope.left();
      return;
    }
    const patience = setTimeout(() => {
      background(telephony.hangup(channel_id, Cause.NO_ANSWER));
      scope.left();
    }, RING_MS + NEWS_MS);
    const settled = () => (scope.call.status === "progressing" ? true : undefined);
    await scope.changes.until(settled, scope.signal).catch(() => undefined);
    clearTimeout(patience);
  }

  return { place, goOn };
}

const isDue = ({ status, early_execution }: Call): boolean =>
  status === "progressing" || (early_execution && status === "ringing");

function outgoingCall(order: CallOrder, destination: Address, ids: Ids, clock: Clock): Call {
  const now = new Date(clock.now()).toISOString();
  const id = ids.next();
  return {
    id,
    customer_id: order.customerId,
    flow_id: order.flowId,
    activeflow_id: ids.next(),
    // Ours to choose, so that a call whose dialling was interrupted is found again.
    channel_id: id,
    direction: "outgoing",
    early_execution: order.earlyExecution,
    source: order.source,
    destination,
    status: "dialing",
    hangup_by: null,
    hangup_reason: null,
    hangup_cause: null,
    tm_create: now,
    tm_ringing: null,
    tm_progressing: null,
    tm_hangup: null,
    tm_update: now,
  };
}
