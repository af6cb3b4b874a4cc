/**
 * Connects the call of a step with whoever answers first.
 *
 * 1. What it makes, a group of calls and a bridge, has ids that belong to the step: a step that runs again finds them.
 * 2. However it ends, nobody rings any more and the bridge is gone.
 */
import { type Connected, connectVariableNames } from "../../flow/connect-variables.ts";
import type { Bridges } from "../../ports/bridges.ts";
import type { CallControl } from "../../ports/call-control.ts";
import type { ChannelSound } from "../../ports/channel-sound.ts";
import type { Clock } from "../../ports/clock.ts";
import { type ConnectEnd, type ConnectOrder, type Connector, DialLoopError } from "../../ports/connector.ts";
import type { Ids } from "../../ports/ids.ts";
import type { CallScope } from "../call-scope.ts";
import type { CallSounds } from "../call-sound.ts";
import type { Decision, Group } from "../dialing/group.ts";
import type { Groupcalls } from "../dialing/groupcalls.ts";
import { before, MAX_HOPS } from "../dialing/hops.ts";
import { unlessHungUp } from "../hangup-news.ts";
import { memoOf, type RunState, type Step } from "../run-state.ts";
import { together } from "../together.ts";
import { tellOfFailures } from "./failures.ts";
import { hearEarlyMedia, type RingingParts, type RingTone, ringToneOf } from "./ringing.ts";
import { join, untilGone } from "./talk.ts";

export type ConnectorServices = {
  readonly groupcalls: Groupcalls;
  readonly bridges: Bridges;
  readonly sound: Pick<ChannelSound, "makeOwn" | "openEarlyMedia">;
  readonly sounds: CallSounds;
  readonly clock: Clock;
  readonly ids: Ids;
};

type Parts = ConnectorServices & {
  readonly scope: CallScope;
  readonly control: CallControl;
  readonly state: RunState;
  readonly step: Step;
  readonly signal: AbortSignal;
};

/** What a step may connect its call with. */
export function connectorOf(parts: Parts): Connector {
  const { scope, state, step, groupcalls, bridges, ids } = parts;
  return {
    async connect(order) {
      if (scope.call.hops >= MAX_HOPS) throw new DialLoopError(scope.call.hops);
      const id = await memoOf(state, step.id)("groupcallId", () => {
        // What an earlier connection was is not what this one is.
        state.variables.remove(connectVariableNames);
        return ids.next();
      });
      const bridgeId = `${step.id}.bridge`;
      const group = await groupcalls.ring({
        id,
        customerId: scope.call.customer_id,
        source: order.source ?? scope.call.source,
        destinations: order.destinations,
        ringMethod: "ring_all",
        ringMs: order.ringMs,
        masterCallId: scope.call.id,
        chained: false,
        hops: scope.call.hops + 1,
        before: before(scope.call.hops, state.cursor.calls ?? 0),
        owner: step.id,
        run: null,
      });
      const failures = tellOfFailures(parts, group);
      try {
        return await connected(parts, group, bridgeId, order);
      } finally {
        // Not those who are about to be cancelled.
        await Promise.all([failures.end(), group.cancel(), bridges.close(bridgeId)]);
        state.countCalls(order.destinations.length);
      }
    },
  };
}

async function connected(parts: Parts, group: Group, bridgeId: string, order: ConnectOrder): Promise<ConnectEnd> {
  const { scope, state, step, bridges, clock, signal } = parts;
  const memo = memoOf(state, step.id);
  const ringing = { caller: scope, sound: parts.sound, sounds: parts.sounds, bridges, bridgeId, signal };
  // An earlier process may have had no time to end it.
  await using ringTone = ringToneOf(ringing, { mayRing: step.resumed });
  const { decision, through } = await ringUntilDecided(parts, group, { ringing, ringTone }, order);
  if (decision.kind === "failed") return { ...decision, kind: "unanswered" };
  const callee = decision.scope;
  const connected = memo<Connected>("connected", () => {
    state.addFact("call_connected", { call_id: decision.call.id });
    return { callId: decision.call.id, atMs: clock.now() };
  });
  const [since] = await together([
    connected,
    through ?? putThrough(parts, { bridgeId, callee, ringTone }, order, { apart: false }),
  ]);
  if (callee) await untilGone(callee, signal);
  const { id: callId, hangup_reason, hangup_cause, tm_hangup } = decision.scope?.call ?? decision.call;
  const end = { callId, reason: hangup_reason ?? "normal", cause: hangup_cause ?? 0 } as const;
  const endedMs = tm_hangup === null ? clock.now() : Date.parse(tm_hangup);
  return { kind: "answered", ...end, durationMs: Math.max(0, endedMs - since.atMs) };
}

type Ended = { readonly decision: Decision; readonly through: Promise<unknown> | undefined };

/**
 * Lets the caller hear that it rings, or what comes from whoever is rung. Who answers is put `through` in the very turn in
 * which that is heard of, unless one of the two may be in the bridge already: who has answered is speaking.
 */
async function ringUntilDecided(
  parts: Parts,
  group: Group,
  { ringing, ringTone }: { readonly ringing: RingingParts; readonly ringTone: RingTone },
  order: ConnectOrder,
): Promise<Ended> {
  const { step, bridges, signal } = parts;
  const { bridgeId } = ringing;
  // Whoever an earlier process left with somebody, hears that one.
  const isBridged = step.resumed && (await bridges.members(bridgeId, signal)).length > 1;
  // The bridge is there before anybody answers, and the caller in it.
  await together([openFor(parts, bridgeId, order), isBridged ? undefined : ringTone.start()]);
  let apart = !step.resumed;
  let through: Promise<unknown> | undefined;
  const decided = group.decided(signal, (decision) => {
    if (!apart || decision.kind === "failed") return;
    through = putThrough(parts, { bridgeId, callee: decision.scope, ringTone }, order, { apart });
    through.catch(() => undefined);
  });
  const onHeard = () => {
    apart = false;
  };
  if (order.earlyMedia) await hearEarlyMedia(ringing, group, ringTone, decided, onHeard);
  return { decision: await decided, through };
}

async function openFor(
  { scope: caller, step, sound, bridges, signal }: Parts,
  bridgeId: string,
  { collectsDigits }: ConnectOrder,
): Promise<void> {
  await bridges.open(bridgeId, signal, { direct: !collectsDigits });
  await join(bridges, bridgeId, [caller], signal, { apart: !step.resumed });
  // What began before the bridge knew of none.
  const { on_hold, own_sound, channel_id } = caller.call;
  const hasOwn = on_hold || own_sound !== "";
  if (!collectsDigits && hasOwn) await unlessHungUp(caller, sound.makeOwn(channel_id, signal));
}

type Meeting = { readonly bridgeId: string; readonly callee: CallScope | undefined; readonly ringTone: RingTone };

/**
 * Everything at once, no request waits for another; the bridge first, because a caller who is answered speaks as well.
 * Not so where the two are to pass the core by: Asterisk decides about that when they meet, and only if both are up.
 */
function putThrough(
  { control, bridges, signal }: Parts,
  { bridgeId, callee, ringTone }: Meeting,
  { collectsDigits }: ConnectOrder,
  known: { readonly apart: boolean },
): Promise<unknown> {
  const meet = async () => {
    if (callee && callee.call.status !== "hangup") await join(bridges, bridgeId, [callee], signal, known);
  };
  const answer = async () => {
    if (callee) await control.answer();
  };
  const met = collectsDigits ? together([meet(), answer()]) : answer().then(meet);
  return together([met, callee ? ringTone.stopForAnswer() : ringTone.stop()]);
}
