/** Queues as one step of a call sees them. */
import type { Bridges } from "../../ports/bridges.ts";
import type { Clock } from "../../ports/clock.ts";
import { DialLoopError } from "../../ports/connector.ts";
import type { Ids } from "../../ports/ids.ts";
import type { Queueing, QueuePlace } from "../../ports/queueing.ts";
import { talk } from "../bridging/talk.ts";
import type { CallScope } from "../call-scope.ts";
import type { CallSounds } from "../call-sound.ts";
import { MAX_HOPS } from "../dialing/hops.ts";
import type { QueuedCaller } from "./queued-caller.ts";
import type { Queues } from "./queues.ts";

type Parts = {
  readonly queues: Queues;
  readonly scope: CallScope;
  readonly activeflowId: string;
  readonly bridges: Bridges;
  readonly sounds: CallSounds;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly background: (work: Promise<unknown>) => void;
};

export const queueingOf = (parts: Parts): Queueing => ({
  newId: parts.ids.next,
  async join(queueId, queuecallId) {
    const { queues, scope, activeflowId } = parts;
    if (scope.call.hops >= MAX_HOPS) throw new DialLoopError(scope.call.hops);
    return placeOf(await queues.join({ queueId, queuecallId, scope, activeflowId }), parts);
  },
});

function placeOf(caller: QueuedCaller, parts: Parts): QueuePlace {
  const { queues, bridges, sounds, activeflowId, clock, background } = parts;
  const { changes, scope } = caller;
  const isCalled = () => (caller.turn() === "waiting" ? undefined : true);

  return {
    get record() {
      return caller.record;
    },
    get queue() {
      return queues.queueOf(caller.record.queue_id);
    },
    async turn(signal) {
      const turn = await changes.until(caller.turn, signal);
      if (turn !== "waiting") queues.attended(caller);
      return turn;
    },
    async waitUntil(atMs, signal) {
      const either = new AbortController();
      const both = AbortSignal.any([signal, either.signal]);
      try {
        await Promise.race([clock.sleepUntil(atMs, both), changes.until(isCalled, both)]);
      } finally {
        either.abort(new Error("waited long enough"));
      }
    },
    async listenToMusic(signal) {
      try {
        await sounds.stepHears(scope, "music");
        await changes.until(isCalled, signal);
      } finally {
        if (!scope.signal.aborted) await sounds.stepHears(scope, "nothing");
      }
    },
    talk: (signal) => talkWithAgent(caller, parts, signal),
    leave: () => background(caller.end("left")),
    async forget() {
      queues.forget(caller);
      // Also of a talk that an earlier process began, and that ended while nobody was there.
      if (caller.record.tm_service !== null) await bridges.close(bridgeOf(caller, activeflowId));
    },
  };
}

async function talkWithAgent(caller: QueuedCaller, parts: Parts, signal: AbortSignal): Promise<void> {
  const { queues, bridges, activeflowId } = parts;
  const { scope, attendance } = caller;
  const callee = attendance?.answered;
  if (!attendance || !callee || caller.turn() !== "answered") return;
  if (caller.record.tm_service === null) await queues.serve(caller, attendance.agentId);
  queues.limitService(caller);
  const bridgeId = bridgeOf(caller, activeflowId);
  try {
    const both = AbortSignal.any([signal, caller.signal]);
    both.throwIfAborted();
    await talk(bridges, { bridgeId, caller: scope, callee }, both);
    await caller.end("served");
  } catch (error) {
    if (caller.signal.aborted && !signal.aborted) return;
    await caller.end(scope.signal.aborted ? "hangup" : signal.aborted ? "left" : "failed");
    throw error;
  } finally {
    // At once: a caller who hangs up now comes to no step that would.
    await bridges.close(bridgeId);
  }
}

/** Ids of what serves a run begin with the run's. */
const bridgeOf = ({ record }: QueuedCaller, activeflowId: string): string => `${activeflowId}.queue.${record.id}`;
