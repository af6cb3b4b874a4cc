/**
 * The engine: takes calls, runs their flows, and takes back what an earlier process left.
 *
 * 1. What was running is restored before the switch is listened to, so that events it kept for us find their call.
 * 2. Restored runs go on only when the switch is reachable and has been compared with what we think.
 */
import type { Logger } from "pino";
import type { ActionCatalogue } from "../flow/action.ts";
import type { FlowLimits } from "../flow/limits.ts";
import type { VariableLimits } from "../flow/variable-limits.ts";
import type { HangupReason } from "../model/hangup.ts";
import type { ActiveflowRecord } from "../ports/activeflow-store.ts";
import type { Bridges } from "../ports/bridges.ts";
import type { ChannelSound } from "../ports/channel-sound.ts";
import type { Clock } from "../ports/clock.ts";
import type { EngineControl } from "../ports/engine-control.ts";
import type { Ids } from "../ports/ids.ts";
import type { Metrics } from "../ports/metrics.ts";
import type { Phones } from "../ports/phones.ts";
import type { Storage } from "../ports/storage.ts";
import type { Telephony } from "../ports/telephony.ts";
import { type Activeflows, createActiveflows } from "./active-flows.ts";
import type { CallScope } from "./call-scope.ts";
import { createCalls } from "./calls.ts";
import { hangUp } from "./hang-up.ts";
import type { Health } from "./health.ts";
import { inboundCalls } from "./inbound.ts";
import { outboundCalls } from "./outbound.ts";
import { patientStorage } from "./patient-storage.ts";
import type { SharedPorts } from "./run-ports.ts";

/** How often everybody who waits for the switch asks it whether its news was lost. */
const LOOK_AGAIN_MS = 30_000;

/** How long after a failed comparison with the switch the next one begins. */
const RECONCILE_AGAIN_MS = 1_000;

/** Ids of what serves a run begin with the run's id and a dot. */
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export type EngineServices = {
  readonly storage: Storage;
  readonly telephony: Telephony;
  readonly bridges: Bridges;
  readonly sound: ChannelSound;
  readonly phones: Phones;
  readonly catalogue: ActionCatalogue;
  readonly ports: SharedPorts;
  readonly limits: { readonly flow: FlowLimits; readonly variables: VariableLimits; readonly maxCallMs: number };
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly health: Health;
};

export interface Engine extends EngineControl {
  /** Takes back what an earlier process left, then begins to take calls. */
  start(): Promise<void>;
  stop(): void;
  /** See `Activeflows`. */
  readonly interrupt: Activeflows["interrupt"];
}

export function createEngine(services: EngineServices): Engine {
  const { telephony, catalogue, ports, limits, clock, ids, log, metrics } = services;
  const storage = patientStorage(services.storage, services.health, log);
  const closing = new AbortController();
  let waitingRuns: (() => void)[] = [];

  const background = (work: Promise<unknown>) => {
    work.catch((error) => {
      if (closing.signal.aborted) return;
      log.error({ err: error }, "background work failed");
    });
  };

  const activeflows = createActiveflows({
    storage,
    telephony,
    catalogue,
    flowLimits: limits.flow,
    variableLimits: limits.variables,
    ports,
    clock,
    ids,
    log,
    metrics,
    background,
  });
  const calls = createCalls({
    storage,
    telephony,
    activeflows,
    clock,
    log,
    metrics,
    maxCallMs: limits.maxCallMs,
    onNewChannel: (channel) => takeInbound(channel),
    background,
  });
  const takeInbound = inboundCalls({
    storage,
    telephony,
    activeflows,
    open: calls.open,
    clock,
    ids,
    log,
    metrics,
  });

  const outbound = outboundCalls({ storage, telephony, activeflows, open: calls.open, clock, ids, log, background });

  async function restore(): Promise<void> {
    const running = await storage.activeflows.running();
    const ofCall = new Map(running.filter(isOfCall).map((record) => [record.reference_id, record]));
    for (const call of await storage.calls.live()) {
      const scope = calls.open(call);
      const record = ofCall.get(call.id);
      ofCall.delete(call.id);
      waitingRuns.push(record ? await restoreRun(record, scope) : () => background(hangUp(scope, telephony, "normal")));
    }
    for (const record of ofCall.values()) await activeflows.abandon(record, "hangup");
    for (const record of running.filter((other) => !isOfCall(other))) (await activeflows.restore(record))();
  }

  /** A live call without a run was about to be hung up; one that nobody has answered has yet to ring. */
  async function restoreRun(record: ActiveflowRecord, scope: CallScope): Promise<() => void> {
    const begin = await activeflows.restore(record, scope);
    return scope.call.direction === "outgoing" ? () => outbound.goOn(scope, begin) : begin;
  }

  async function reconcile(): Promise<void> {
    try {
      await calls.reconcile(closing.signal);
    } catch (error) {
      if (closing.signal.aborted) return;
      log.warn({ err: error }, "could not compare calls with the switch, trying again");
      await clock.sleepUntil(clock.now() + RECONCILE_AGAIN_MS, closing.signal);
      return reconcile();
    }
    calls.lookAgain();
    const goOn = waitingRuns;
    waitingRuns = [];
    for (const go of goOn) go();
    await dismissServants();
  }

  /** Ends what served a run that has ended while nobody was there. */
  async function dismissServants(): Promise<void> {
    for (const id of await telephony.servants(closing.signal)) {
      const runId = id.slice(0, id.indexOf("."));
      if (!UUID.test(runId) || activeflows.isRunning(runId)) continue;
      await telephony.dismiss(id);
      metrics.count("leftovers_reaped");
    }
  }

  return {
    async start() {
      telephony.onEvent(calls.handle);
      telephony.onReachable(() => background(reconcile()));
      await restore();
      const looking = setInterval(calls.lookAgain, LOOK_AGAIN_MS).unref();
      closing.signal.addEventListener("abort", () => clearInterval(looking));
      await telephony.start();
    },
    stop: () => closing.abort(new Error("the engine stops")),
    placeCalls: outbound.place,
    async hangupCall(callId: string, reason: HangupReason = "normal") {
      const scope = calls.find(callId);
      if (!scope) return false;
      await hangUp(scope, telephony, reason);
      return true;
    },
    interrupt: activeflows.interrupt,
    stopActiveflow: async (activeflowId) => activeflows.stop(activeflowId),
    async startActiveflow({ customerId, variables, onCompleteFlowId, ...runnable }) {
      activeflows.checkVariables(variables);
      const flow = "flowId" in runnable ? await storage.flows.get(runnable.flowId, customerId) : undefined;
      return activeflows.start({
        customerId,
        flowId: flow?.id ?? null,
        actions: "flowId" in runnable ? (flow?.actions ?? []) : runnable.actions,
        onCompleteFlowId: onCompleteFlowId ?? flow?.on_complete_flow_id ?? null,
        referenceType: "api",
        referenceId: null,
        variables,
      });
    },
  };
}

const isOfCall = (record: ActiveflowRecord): record is ActiveflowRecord & { reference_id: string } =>
  record.reference_type === "call" && record.reference_id !== null;
