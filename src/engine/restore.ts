/**
 * Takes back what an earlier process left.
 *
 * 1. Scopes and runs are opened before the switch is listened to, so that events it kept for us find their call.
 * 2. No call goes on before the switch has been compared with what we think: what `restore` gives is called then.
 */
import type { Call } from "../model/call.ts";
import type { ActiveflowRecord } from "../ports/activeflow-store.ts";
import type { Storage } from "../ports/storage.ts";
import type { Telephony } from "../ports/telephony.ts";
import type { Activeflows } from "./active-flows.ts";
import type { CallScope } from "./call-scope.ts";
import type { Calls } from "./calls.ts";
import type { Groupcalls } from "./dialing/groupcalls.ts";
import type { Legs } from "./dialing/legs.ts";
import { hangUp } from "./hang-up.ts";
import type { ExternalMedias } from "./live/external-media.ts";
import type { Queues } from "./queues/queues.ts";

type Services = {
  readonly storage: Storage;
  readonly telephony: Telephony;
  readonly activeflows: Activeflows;
  readonly calls: Calls;
  readonly legs: Legs;
  readonly groupcalls: Groupcalls;
  readonly queues: Queues;
  readonly externalMedias: ExternalMedias;
  readonly background: (work: Promise<unknown>) => void;
};

/** Takes back calls, runs, groups and queues; the result lets them go on. */
export async function restore(services: Services): Promise<() => void> {
  const { storage, activeflows, calls, groupcalls, queues, background } = services;
  const running = await storage.activeflows.running();
  const runOf = new Map(running.filter(isOfCall).map((record) => [record.reference_id, record]));
  const groups = await storage.groupcalls.live();
  const live = await storage.calls.live();
  const idsOfGroups = new Set(groups.map(({ id }) => id));
  const goOn: (() => void)[] = [];
  for (const call of live) {
    const scope = calls.open(call);
    const record = runOf.get(call.id);
    runOf.delete(call.id);
    const begin = record && (await activeflows.restore(record, scope));
    const isOrphan = !begin && !idsOfGroups.has(call.groupcall_id ?? "");
    goOn.push(continuation(services, scope, isOrphan, begin));
  }
  for (const record of runOf.values()) await activeflows.abandon(record, "hangup");
  await queues.restore(calls.find);
  const names = activeflows.namesInUse();
  // Those need no switch.
  for (const record of running.filter((other) => !isOfCall(other))) (await activeflows.restore(record))();
  return () => {
    for (const go of goOn) go();
    queues.open(names);
    const isOwner = (name: string) => activeflows.isAtStep(name) || queues.isAttended(name);
    background(groupcalls.restore(groups, isOwner).then(queues.freeAgents));
  };
}

/**
 * A live call without a run or a group was about to be hung up, one that was being hung up may not have been, and the master
 * of a chained one may have gone while nobody was there; one that nobody has answered has yet to ring.
 */
function continuation(
  { telephony, calls, legs, externalMedias, background }: Services,
  scope: CallScope,
  isOrphan: boolean,
  begin: () => void = () => {},
): () => void {
  const isOutgoing = scope.call.direction === "outgoing";
  return () => {
    externalMedias.restore(scope);
    if (isOutgoing) legs.takeBack(scope, begin);
    else begin();
    if (isOrphan || isEnding(scope.call) || calls.isLeftAlone(scope.call)) background(hangUp(scope, telephony));
  };
}

const isEnding = ({ status }: Call): boolean => status === "canceling" || status === "terminating";

const isOfCall = (record: ActiveflowRecord): record is ActiveflowRecord & { reference_id: string } =>
  record.reference_type === "call" && record.reference_id !== null;
