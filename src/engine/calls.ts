/** The calls that are live in this process: from the switch's events to scopes, runs and records. */
import { LRUCache } from "lru-cache";
import type { Logger } from "pino";
import { type Call, hasBegunEarly } from "../model/call.ts";
import { Cause, causeInWords } from "../model/hangup.ts";
import type { MachineDetected } from "../ports/answering-machines.ts";
import type { Clock } from "../ports/clock.ts";
import type { Metrics } from "../ports/metrics.ts";
import type { Storage } from "../ports/storage.ts";
import type { ChannelSnapshot, Telephony, TelephonyEvent } from "../ports/telephony.ts";
import type { Activeflows } from "./active-flows.ts";
import { type CallScope, createCallScope } from "./call-scope.ts";
import { isRetryable } from "./dialing/routes.ts";
import { hangUp } from "./hang-up.ts";
import { INBOUND } from "./inbound.ts";
import { HANG_UP_MACHINE } from "./machine-detection.ts";

type ChannelEvent = Exclude<TelephonyEvent, { type: "channel_arrived" }>;

type Services = {
  readonly storage: Storage;
  readonly telephony: Telephony;
  readonly activeflows: Activeflows;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly maxCallMs: number;
  /** A call of this scope has begun, or was taken back. */
  readonly onOpen: (scope: CallScope) => void;
  /** Takes a channel that nobody has heard of before; its events wait until that is done. */
  readonly onNewChannel: (channel: ChannelSnapshot) => Promise<void>;
  /** Hears of each key, after the run of the call. */
  readonly onDigit: (callId: string, digit: string) => void;
  /** Hears of each prompt that has ended. */
  readonly onPrompted: (scope: CallScope) => void;
  readonly background: (work: Promise<unknown>) => void;
};

/** What ends with its master. */
type Chained = Pick<Call, "chained" | "master_call_id">;

/** Channels that have left, remembered for a while so that a late list of channels does not bring them back. */
const REMEMBERED_CHANNELS = 1_000;

export type Calls = ReturnType<typeof createCalls>;

export function createCalls({
  storage,
  telephony,
  activeflows,
  clock,
  log,
  metrics,
  maxCallMs,
  onOpen,
  onNewChannel,
  onDigit,
  onPrompted,
  background,
}: Services) {
  const scopes = new Map<string, CallScope>();
  /** What ends with a call, by its id: looking for that among all calls took longest of all that an end does. */
  const chainedTo = new Map<string, Set<() => void>>();
  const waitingEvents = new Map<string, ChannelEvent[]>();
  const departed = new LRUCache<string, true>({ max: REMEMBERED_CHANNELS });

  /** Opens the scope of a call: of a new one, or of one that an earlier process left. */
  function open(call: Call): CallScope {
    const scope = createCallScope(call, {
      calls: storage.calls,
      clock,
      background,
    });
    scopes.set(call.channel_id, scope);
    const unchain = chain(call, () => background(hangUp(scope, telephony)));
    const remainingMs = Date.parse(call.tm_create) + maxCallMs - clock.now();
    const expire = () => {
      scope.expired();
      background(hangUp(scope, telephony, "timeout"));
    };
    // Known at once, should whatever else was to end it be quicker.
    if (remainingMs <= 0) scope.expired();
    const limit = setTimeout(expire, Math.max(0, remainingMs)).unref();
    scope.signal.addEventListener("abort", () => {
      clearTimeout(limit);
      scopes.delete(scope.call.channel_id);
      departed.set(scope.call.channel_id, true);
      unchain();
      for (const end of chainedTo.get(call.id) ?? []) end();
      chainedTo.delete(call.id);
      metrics.count("calls", { direction: call.direction, reason: scope.call.hangup_reason ?? "unknown" });
      log.info(
        { call_id: call.id, activeflow_id: scope.call.activeflow_id, reason: scope.call.hangup_reason },
        "call ended",
      );
    });
    onOpen(scope);
    return scope;
  }

  /** Does that when the master ends, if there is one; the result lets go. */
  function chain({ chained, master_call_id: master }: Chained, end: () => void): () => void {
    if (!chained || master === null) return () => {};
    const ends = chainedTo.get(master) ?? new Set();
    chainedTo.set(master, ends.add(end));
    return () => {
      ends.delete(end);
      if (ends.size === 0 && chainedTo.get(master) === ends) chainedTo.delete(master);
    };
  }

  const find = (callId: string): CallScope | undefined => [...scopes.values()].find(({ call }) => call.id === callId);

  function handle(event: TelephonyEvent): void {
    if (event.type === "channel_arrived") {
      arrived(event.channel);
      return;
    }
    if (event.type === "channel_left") departed.set(event.channelId, true);
    const waiting = waitingEvents.get(event.channelId);
    if (waiting) waiting.push(event);
    else deliver(event);
  }

  function arrived(channel: ChannelSnapshot): void {
    if (scopes.has(channel.id) || waitingEvents.has(channel.id) || departed.has(channel.id)) return;
    waitingEvents.set(channel.id, []);
    background(
      onNewChannel(channel).finally(() => {
        const waiting = waitingEvents.get(channel.id) ?? [];
        waitingEvents.delete(channel.id);
        for (const event of waiting) deliver(event);
      }),
    );
  }

  function deliver(event: ChannelEvent): void {
    const scope = scopes.get(event.channelId);
    if (scope) apply(scope, event);
  }

  function apply(scope: CallScope, event: ChannelEvent): void {
    switch (event.type) {
      case "channel_ringing":
        scope.ringing();
        break;
      case "channel_progressed":
        scope.progressed();
        break;
      case "channel_answered":
        scope.answered();
        break;
      case "digit_received":
        activeflows.receiveDigit(scope.call.id, event.digit);
        onDigit(scope.call.id, event.digit);
        scope.changes.notify();
        break;
      case "playback_started":
        activeflows.hearOfPlayback(scope.call.id, event.playbackId);
        scope.playback(event.playbackId, "playing");
        break;
      case "playback_ended":
        if (!event.failed) activeflows.hearOfPlayback(scope.call.id, event.playbackId);
        scope.playback(event.playbackId, event.failed ? "failed" : "finished");
        onPrompted(scope);
        break;
      case "machine_detected":
        background(takeNote(scope, event));
        scope.changes.notify();
        if (isMachineToLeave(event)) background(hangUp(scope, telephony, "amd"));
        break;
      case "hangup_requested":
      case "channel_left":
        if (event.cause === undefined || !redial(scope, event.cause, causeInWords(event.cause)))
          scope.left(event.cause);
    }
  }

  /** Whoever listened has done what it was made for when the verdict is stored. */
  async function takeNote({ call }: CallScope, { verdict, detectionId }: MachineDetected): Promise<void> {
    await activeflows.hearOfMachine(call.id, verdict);
    await telephony.hangup(detectionId, Cause.NORMAL_CLEARING);
  }

  /**
   * Goes on to the next target of a call that could not be reached for this cause; false when there is none to try, or its
   * flow has begun: what that has done was for this one.
   */
  function redial(scope: CallScope, cause: number, why: string): boolean {
    const { dialing, id, channel_id, status } = scope.call;
    if (!dialing || (status !== "dialing" && status !== "ringing")) return false;
    const next = dialing.attempt + 1;
    if (next >= dialing.targets.length || !isRetryable(cause) || clock.now() >= dialing.ringUntilMs) return false;
    if (hasBegunEarly(scope.call)) {
      scope.givenUp(cause);
      return false;
    }
    const channelId = `${id}-${next}`;
    scopes.delete(channel_id);
    departed.set(channel_id, true);
    scopes.set(channelId, scope);
    scope.redialled(channelId, cause, why);
    return true;
  }

  /** Whether a channel is left of a call that is over: nobody would end it. */
  function isStray({ id, arguments: [why] }: ChannelSnapshot): boolean {
    if (scopes.has(id) || waitingEvents.has(id)) return false;
    return why === INBOUND ? departed.has(id) : true;
  }

  metrics.gauge("live_calls", () => scopes.size);

  return {
    open,
    handle,
    redial,
    all: (): readonly CallScope[] => [...scopes.values()],
    isStray,
    find,
    on: (channelId: string): CallScope | undefined => scopes.get(channelId),
    chain,
    /** Whether it is to end with another call that has ended already. */
    isLeftAlone: ({ chained, master_call_id: master }: Chained): boolean =>
      chained && master !== null && find(master) === undefined,
    /** Compares what we think with what the switch says: ends calls that are gone, takes channels that are new. */
    async reconcile(signal: AbortSignal): Promise<void> {
      const known = [...scopes.values()];
      const channels = await telephony.channels(signal);
      const present = new Map(channels.map((channel) => [channel.id, channel]));
      for (const scope of known) {
        const channel = present.get(scope.call.channel_id);
        if (!channel && !isUndialled(scope.call) && !redial(scope, UNKNOWN_CAUSE, "how it ended is not known"))
          scope.lost();
        if (channel?.state === "ringing") scope.ringing();
        if (channel?.state === "up") scope.answered();
      }
      for (const channel of channels) arrived(channel);
    },
    /** Makes everybody who waits for news of the switch ask it. */
    lookAgain(): void {
      for (const scope of scopes.values()) scope.lookAgain();
    },
  };
}

/** Of an end that nobody has told. */
const UNKNOWN_CAUSE = 0;

/** Whether the flow went on meanwhile, and wanted no more of a machine. */
const isMachineToLeave = ({ verdict, detectionId }: MachineDetected): boolean =>
  verdict.status === "MACHINE" && detectionId.endsWith(HANG_UP_MACHINE);

/** A call of ours whose channel may not have been made yet; had it been and were it gone, we would have heard. */
const isUndialled = (call: Call): boolean => {
  const { dialing, status } = call;
  if (dialing === null || hasBegunEarly(call)) return false;
  return status === "dialing" || (status === "ringing" && dialing.attempt > 0);
};
