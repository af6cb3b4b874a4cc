import type { Logger } from "pino";
import { type Address, partyOf } from "../model/address.ts";
import type { Call } from "../model/call.ts";
import { Cause, causeInWords } from "../model/hangup.ts";
import { DOCTORS_NUMBER } from "../model/number.ts";
import type { TimelineEntry } from "../model/timeline.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ids } from "../ports/ids.ts";
import type { Metrics } from "../ports/metrics.ts";
import type { Storage } from "../ports/storage.ts";
import { StorageError } from "../ports/storage-error.ts";
import type { ChannelSnapshot, Telephony } from "../ports/telephony.ts";
import type { Activeflows } from "./active-flows.ts";
import type { CallScope } from "./call-scope.ts";
import { hopsByLooks } from "./dialing/hops.ts";
import { type InboundPlan, inboundRoute, type Nowhere } from "./inbound-route.ts";
import { createStrangers } from "./strangers.ts";

/** What the dialplan hands over as the first argument of a call from outside. */
export const INBOUND = "inbound";

type Services = {
  readonly storage: Storage;
  readonly telephony: Telephony;
  readonly activeflows: Activeflows;
  readonly open: (call: Call) => CallScope;
  /** Those that are live. */
  readonly all: () => readonly CallScope[];
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly background: (work: Promise<unknown>) => void;
};

/**
 * Takes channels that come from the dialplan: finds what the dialled number leads to and runs it while the call is still
 * unanswered. A number that leads nowhere is refused at once as unallocated (SIP 404), and stored as a call that was,
 * unless too many come to numbers that nobody has; without a database, as congestion (SIP 503).
 */
export function inboundCalls(services: Services): (channel: ChannelSnapshot) => Promise<void> {
  const { storage, telephony, activeflows, open, all, clock, ids, log, metrics, background } = services;
  const strangers = createStrangers(clock, log);

  return async (channel) => {
    const isCall = channel.arguments[0] === INBOUND && channel.dialled !== DOCTORS_NUMBER;
    if (!isCall) return telephony.hangup(channel.id, Cause.NORMAL_CLEARING);
    try {
      const route = await inboundRoute(channel.dialled, services);
      await ("why" in route ? refuse(channel, route) : take(channel, route));
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      log.error({ err: error, channel_id: channel.id }, "no way to look up the dialled number");
      metrics.count("calls_refused", { why: "no_storage" });
      await telephony.hangup(channel.id, Cause.SWITCH_CONGESTION);
    }
  };

  async function take(channel: ChannelSnapshot, { destination, ...runnable }: InboundPlan): Promise<void> {
    const arrivedMs = clock.now();
    metrics.observe("invite_to_stasis", Math.max(0, arrivedMs - Date.parse(channel.createdAt)));
    const { customerId, flowId } = runnable;
    const activeflowId = ids.next();
    const parties = { id: ids.next(), customerId, flowId, activeflowId, destination };
    const call = { ...incomingCall(channel, parties, clock), hops: hopsOf(channel) };
    const scope = open(call);
    log.info({ call_id: call.id, activeflow_id: activeflowId, channel_id: channel.id }, "call arrived");
    const plan = { ...runnable, referenceType: "call", referenceId: call.id, variables: {} } as const;
    const created = factOf(call, "call_created", {});
    await Promise.all([storage.calls.create(call, [created]), activeflows.start(plan, scope, activeflowId)]);
    metrics.observe("stasis_to_first_action", clock.now() - arrivedMs);
  }

  /** A call that came out of one of ours, perhaps by a long way, brings how many led to it, or looks like that one. */
  function hopsOf(channel: ChannelSnapshot): number {
    const told = channel.arguments[1] ?? "";
    if (/^\d{1,4}$/.test(told)) return Number(told);
    if (channel.trunkId === undefined) return 0;
    return hopsByLooks(
      channel,
      all().map(({ call }) => call),
    );
  }

  async function refuse(channel: ChannelSnapshot, nowhere: Nowhere): Promise<void> {
    metrics.count("calls_refused", { why: "no_route" });
    if (nowhere.isKnown || strangers.isWorthNoting()) note(channel, nowhere);
    await telephony.hangup(channel.id, Cause.UNALLOCATED_NUMBER);
  }

  /** Stores a call that was. */
  function note(channel: ChannelSnapshot, { customerId, destination, why }: Nowhere): void {
    const cause = Cause.UNALLOCATED_NUMBER;
    const end = { by: "local", reason: "failed", cause } as const;
    const parties = { id: ids.next(), customerId, flowId: null, activeflowId: null, destination };
    const arrived = incomingCall(channel, parties, clock);
    const call: Call = {
      ...arrived,
      status: "hangup",
      hangup_by: end.by,
      hangup_reason: end.reason,
      hangup_cause: end.cause,
      tm_hangup: arrived.tm_create,
    };
    const facts = [
      factOf(call, "call_created", {}),
      factOf(call, "note", { message: why }),
      factOf(call, "call_hangup", { ...end, words: causeInWords(cause) }),
    ];
    const { id: channel_id, dialled } = channel;
    log.warn({ call_id: call.id, channel_id, dialled, why }, "refused: the dialled number leads nowhere");
    background(storage.calls.create(call, facts));
  }
}

type Parties = {
  readonly id: string;
  readonly customerId: string;
  readonly flowId: string | null;
  readonly activeflowId: string | null;
  readonly destination: Address;
};

function incomingCall(channel: ChannelSnapshot, parties: Parties, clock: Clock): Call {
  const now = new Date(clock.now()).toISOString();
  const isUp = channel.state === "up";
  return {
    id: parties.id,
    customer_id: parties.customerId,
    flow_id: parties.flowId,
    activeflow_id: parties.activeflowId,
    channel_id: channel.id,
    direction: "incoming",
    source: partyOf(channel.callerNumber, channel.callerName),
    destination: parties.destination,
    early_execution: false,
    groupcall_id: null,
    master_call_id: null,
    chained: false,
    dialing: null,
    hops: 0,
    external_media: [],
    status: isUp ? "progressing" : "ringing",
    mute_direction: "",
    on_hold: false,
    own_sound: "",
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

const factOf = (
  { id, activeflow_id, tm_create }: Call,
  type: TimelineEntry["type"],
  data: TimelineEntry["data"],
): TimelineEntry => ({ at: tm_create, type, activeflow_id, call_id: id, data });
