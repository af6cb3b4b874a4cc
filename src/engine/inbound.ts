import type { Logger } from "pino";
import type { Address } from "../model/address.ts";
import type { Call } from "../model/call.ts";
import type { Flow } from "../model/flow.ts";
import { Cause } from "../model/hangup.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ids } from "../ports/ids.ts";
import type { Metrics } from "../ports/metrics.ts";
import type { Storage } from "../ports/storage.ts";
import { StorageError } from "../ports/storage-error.ts";
import type { ChannelSnapshot, Telephony } from "../ports/telephony.ts";
import type { Activeflows } from "./active-flows.ts";
import type { CallScope } from "./call-scope.ts";

/** What the dialplan hands over as the first argument of a call from outside. */
export const INBOUND = "inbound";

type Services = {
  readonly storage: Storage;
  readonly telephony: Telephony;
  readonly activeflows: Activeflows;
  readonly open: (call: Call) => CallScope;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  readonly metrics: Metrics;
};

/**
 * Takes channels that come from the dialplan: finds the flow of the dialled number and runs it while the call is still
 * unanswered. A number without a flow is refused as unallocated (SIP 404); without a database, as congestion (SIP 503).
 */
export function inboundCalls(services: Services): (channel: ChannelSnapshot) => Promise<void> {
  const { storage, telephony, activeflows, open, clock, ids, log, metrics } = services;

  return async (channel) => {
    if (channel.arguments[0] !== INBOUND) return telephony.hangup(channel.id, Cause.NORMAL_CLEARING);
    try {
      const flow = await flowOf(channel.dialled);
      if (flow) return await take(channel, flow);
      log.warn(
        { channel_id: channel.id, dialled: channel.dialled },
        "refused: the dialled number has no flow, POST /v1.0/numbers gives it one",
      );
      await telephony.hangup(channel.id, Cause.UNALLOCATED_NUMBER);
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      log.error({ err: error, channel_id: channel.id }, "no way to look up the dialled number");
      await telephony.hangup(channel.id, Cause.SWITCH_CONGESTION);
    }
  };

  async function flowOf(dialled: string): Promise<Flow | undefined> {
    const number = await storage.numbers.route(dialled);
    return number?.call_flow_id ? storage.flows.get(number.call_flow_id, number.customer_id) : undefined;
  }

  async function take(channel: ChannelSnapshot, flow: Flow): Promise<void> {
    const arrivedMs = clock.now();
    metrics.observe("invite_to_stasis", Math.max(0, arrivedMs - Date.parse(channel.createdAt)));
    const activeflowId = ids.next();
    const call = incomingCall(channel, flow, ids.next(), activeflowId, clock);
    const scope = open(call);
    log.info({ call_id: call.id, activeflow_id: activeflowId, channel_id: channel.id }, "call arrived");
    const fact = {
      at: call.tm_create,
      type: "call_created",
      activeflow_id: activeflowId,
      call_id: call.id,
      data: {},
    } as const;
    const plan = {
      customerId: flow.customer_id,
      flowId: flow.id,
      actions: flow.actions,
      onCompleteFlowId: flow.on_complete_flow_id,
      referenceType: "call",
      referenceId: call.id,
      variables: {},
    } as const;
    await Promise.all([storage.calls.create(call, [fact]), activeflows.start(plan, scope, activeflowId)]);
    metrics.observe("stasis_to_first_action", clock.now() - arrivedMs);
  }
}

function incomingCall(channel: ChannelSnapshot, flow: Flow, id: string, activeflowId: string, clock: Clock): Call {
  const now = new Date(clock.now()).toISOString();
  const isUp = channel.state === "up";
  return {
    id,
    customer_id: flow.customer_id,
    flow_id: flow.id,
    activeflow_id: activeflowId,
    channel_id: channel.id,
    direction: "incoming",
    source: party(channel.callerNumber, channel.callerName),
    destination: party(channel.dialled, ""),
    early_execution: false,
    groupcall_id: null,
    master_call_id: null,
    chained: false,
    dialing: null,
    hops: hopsOf(channel),
    external_media: [],
    status: isUp ? "progressing" : "ringing",
    mute_direction: "",
    on_hold: false,
    recording_id: null,
    recording_ids: [],
    hangup_by: null,
    hangup_reason: null,
    hangup_cause: null,
    tm_create: now,
    tm_ringing: now,
    tm_progressing: isUp ? now : null,
    tm_hangup: null,
    tm_update: now,
  };
}

/** A call that came out of one of ours, perhaps by a long way, brings how many led to it. */
const hopsOf = ({ arguments: [, hops] }: ChannelSnapshot): number => (/^\d{1,4}$/.test(hops ?? "") ? Number(hops) : 0);

/** E.164 numbers are telephone numbers; anything else that a SIP phone can dial or be is a SIP user. */
function party(target: string, name: string): Address {
  return { type: /^\+?\d+$/.test(target) ? "tel" : "sip", target, target_name: "", name, detail: "" };
}
