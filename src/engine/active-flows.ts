/** Starts, resumes, stops and ends runs; knows those that run in this process. */
import type { Logger } from "pino";
import type { ActionCatalogue, StepPorts } from "../flow/action.ts";
import { begin, currentAction, MAIN_FRAME } from "../flow/cursor.ts";
import type { FlowLimits } from "../flow/limits.ts";
import type { VariableLimits } from "../flow/variable-limits.ts";
import type { EndedReason } from "../model/activeflow.ts";
import type { ActiveflowRecord, StoredPosition } from "../ports/activeflow-store.ts";
import type { MachineDetector, MachineVerdict } from "../ports/answering-machines.ts";
import type { CallControl } from "../ports/call-control.ts";
import type { CallRecorder } from "../ports/call-recorder.ts";
import type { Chatting } from "../ports/chatting.ts";
import type { Clock } from "../ports/clock.ts";
import type { Conferencing } from "../ports/conferencing.ts";
import type { Connector } from "../ports/connector.ts";
import type { ExternalMediaControl } from "../ports/external-media.ts";
import type { Ids } from "../ports/ids.ts";
import type { LiveAudio } from "../ports/live-audio.ts";
import type { Metrics } from "../ports/metrics.ts";
import type { Originator } from "../ports/originator.ts";
import type { Queueing } from "../ports/queueing.ts";
import type { RecordedMedia } from "../ports/recorded-media.ts";
import type { Storage } from "../ports/storage.ts";
import type { Telephony } from "../ports/telephony.ts";
import type { Transcribing } from "../ports/transcribing.ts";
import { type Admission, admit } from "./admission.ts";
import { callControl, digitBuffer } from "./call-control.ts";
import type { CallScope } from "./call-scope.ts";
import { hangUp, isUnanswered } from "./hang-up.ts";
import { isVerdictIn, setVerdict } from "./machine-detection.ts";
import { rememberPlayback, stopPlaybacks } from "./playback.ts";
import { runFlow } from "./run-flow.ts";
import { callOf, factOf, NO_POSITION, planOf, type RunPlan, recordOf } from "./run-plan.ts";
import { portsOfRun, type SharedPorts } from "./run-ports.ts";
import { createRunSignal, type RunSignal, RunStopped } from "./run-signal.ts";
import { createRunState, firstPosition, type RunState, type Step, storedPosition } from "./run-state.ts";
import { type ComputedVariables, createRunVariables } from "./run-variables.ts";
import { stopSaying } from "./saying.ts";
import {
  activeflowVariables,
  CALL_STATUS,
  callVariables,
  computedVariables,
  DIGITS,
  TRANSCRIBED,
} from "./system-variables.ts";

/** Flows that follow each other by `on_complete_flow_id`, at most. */
const MAX_COMPLETE_CHAIN = 5;
/** How long whoever stops a run waits for its step to let go. */
const STOPPING_MS = 5_000;

export type ActiveflowServices = {
  readonly storage: Storage;
  readonly telephony: Telephony;
  readonly liveAudio: LiveAudio;
  readonly catalogue: ActionCatalogue;
  readonly flowLimits: FlowLimits;
  readonly variableLimits: VariableLimits;
  readonly ports: SharedPorts;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly background: (work: Promise<unknown>) => void;
  /** Makes calls for a step. */
  readonly originator: (parts: StepOfRun) => Originator;
  /** Puts the call of a step into queues. */
  readonly queueing: (parts: StepOfCall) => Queueing;
  /** Variables of a call that are made when they are read, besides those of the call itself. */
  readonly computed: (scope: CallScope) => ComputedVariables;
  /** Hears the name of each list that a run has left for good. */
  readonly onListLeft: (list: string) => void;
  readonly externalMedia: (parts: StepOfCall) => ExternalMediaControl;
  /** Connects the call of a step. */
  readonly connector: (parts: StepOfCall) => Connector;
  /** Takes the call of a step into conferences. */
  readonly conferencing: (parts: StepOfCall) => Conferencing;
  /** Finds out who answered the call of a step. */
  readonly machines: (parts: StepOfCall) => MachineDetector;
  /** Transcribes the call of a step. */
  readonly transcribing: (scope: CallScope) => Transcribing;
  /** Lets the call of a step talk with chatbots. */
  readonly chatbots: (parts: StepOfCall & Pick<StepPorts, "check">) => Chatting;
  /** Records the call of a step. */
  readonly recorder: (parts: StepOfCall) => CallRecorder;
  /** Recordings as something to play. */
  readonly recorded: RecordedMedia;
  /** How long a step may wait for what becomes of a message. */
  readonly messageDeadlineMs: number;
};

type StepOfRun = { readonly state: RunState; readonly step: Step; readonly scope: CallScope | undefined };
export type StepOfCall = {
  readonly state: RunState;
  readonly step: Step;
  readonly scope: CallScope;
  readonly control: CallControl;
  readonly signal: AbortSignal;
};

type Run = {
  readonly state: RunState;
  readonly signal: RunSignal;
  readonly scope: CallScope | undefined;
  readonly over: PromiseWithResolvers<void>;
};

export type Activeflows = ReturnType<typeof createActiveflows>;

export function createActiveflows(services: ActiveflowServices) {
  const { storage, telephony, liveAudio, clock, ids, log, background } = services;
  const runs = new Map<string, Run>();
  const runOfCall = new Map<string, Run>();

  const servicesFor = (scope: CallScope | undefined) => ({
    store: storage.activeflows,
    clock,
    limits: services.variableLimits,
    computed: scope ? { ...computedVariables(scope), ...services.computed(scope) } : {},
    onListLeft: services.onListLeft,
  });

  /** Stores a new run and lets it go; resolves with its id as soon as it is stored. */
  async function start(plan: RunPlan, scope?: CallScope, id = ids.next()): Promise<string> {
    const first = begin(plan.actions, services.flowLimits);
    if (first.state === "ended") (await store(plan, scope, id, NO_POSITION, []))();
    else {
      const { fact } = admit(services.catalogue, first.action, scope !== undefined);
      (await store(plan, scope, id, firstPosition(id, first.cursor, clock), [fact]))();
    }
    return id;
  }

  /** Stores a new run whose first step begins when the result is called, as when its call has yet to be answered. */
  async function prepare(plan: RunPlan, scope: CallScope | undefined, id: string): Promise<() => void> {
    const first = begin(plan.actions, services.flowLimits);
    const position = first.state === "running" ? storedPosition(first.cursor, undefined) : NO_POSITION;
    return store(plan, scope, id, position, []);
  }

  async function store(
    plan: RunPlan,
    scope: CallScope | undefined,
    id: string,
    position: StoredPosition,
    facts: readonly Admission["fact"][],
  ): Promise<() => void> {
    const origin = recordOf(plan, id, position, new Date(clock.now()).toISOString());
    const call = scope ? callVariables(scope.call) : {};
    const record = { ...origin, variables: { ...plan.variables, ...call, ...activeflowVariables(origin) } };
    const frame = { id: MAIN_FRAME, actions: plan.actions };
    const started = { type: "activeflow_started", data: { flow_id: plan.flowId } } as const;
    const entries = [started, ...facts].map(({ type, data }) => factOf(record, type, data));
    await storage.activeflows.create(record, frame, entries);
    const run = register(createRunState(record, [frame], servicesFor(scope), { resumed: false }), scope);
    return () => background(live(run));
  }

  /** Takes over a run of an earlier process: from now on it hears digits; it goes on when the result is called. */
  async function restore(record: ActiveflowRecord, scope?: CallScope): Promise<() => void> {
    const state = await stateLeftBehind(record, scope);
    state.addFact("activeflow_resumed", { action: state.step?.action.type ?? null });
    const run = register(state, scope);
    return () => background(live(run));
  }

  const stateLeftBehind = async (record: ActiveflowRecord, scope?: CallScope): Promise<RunState> =>
    createRunState(record, await storage.activeflows.frames(record.id), servicesFor(scope), { resumed: true });

  function register(state: RunState, scope: CallScope | undefined): Run {
    const run = { state, scope, signal: createRunSignal(scope?.signal), over: Promise.withResolvers<void>() };
    runs.set(state.record.id, run);
    if (scope) {
      runOfCall.set(scope.call.id, run);
      scope.onStatus((status) => state.variables.set(CALL_STATUS, status));
    }
    return run;
  }

  async function live({ state, scope, signal, over }: Run): Promise<void> {
    const { catalogue, flowLimits: limits } = services;
    try {
      const hasCall = scope !== undefined;
      if (!state.step && !signal.isOver) await beginFirst(state, hasCall);
      const run = { state, catalogue, limits, signal, hasCall, onStepEnd: measureStep, answered: scope?.reached };
      const ending = await runFlow({ ...run, portsFor: portsFor(state, scope), letGo: () => letGo(state) });
      const isStopped = !scope?.signal.aborted || signal.ofStep.reason instanceof RunStopped;
      const aborted = isStopped ? "stopped" : scope.endsRunAs;
      await finish(state, ending.reason === "aborted" ? aborted : ending.reason);
      if (scope) await hangUp(scope, telephony, ending.asked?.hangup ?? "normal", ending.asked?.cause);
    } catch (error) {
      // A fault of ours: the caller is let go rather than left in silence.
      log.error({ err: error, activeflow_id: state.record.id, call_id: callOf(state.record) }, "run failed");
      await state.end("internal_error");
      if (scope) await hangUp(scope, telephony, "failed");
    } finally {
      runs.delete(state.record.id);
      if (scope) runOfCall.delete(scope.call.id);
      over.resolve();
    }
  }

  const measureStep = ({ action, startedAtMs }: Step, outcome: string) =>
    services.metrics.observe("action", clock.now() - startedAtMs, { action: action.type, outcome });

  /** Enters the first step of a run that was prepared. */
  async function beginFirst(state: RunState, hasCall: boolean): Promise<void> {
    const action = currentAction(state.cursor);
    if (action) await state.enterStep(state.cursor, action, admit(services.catalogue, action, hasCall).fact);
  }

  const letGo = (state: RunState): Promise<void> =>
    Promise.all([stopPlaybacks(state, telephony), stopSaying(state, liveAudio)]).then(
      () => undefined,
      (error) => log.warn({ err: error, activeflow_id: state.record.id }, "a playback may go on"),
    );

  const portsFor = (state: RunState, scope: CallScope | undefined) => (step: Step, signal: AbortSignal) => {
    const originator = services.originator({ state, step, scope });
    const common = { ...services.ports, ...portsOfRun(state, step, services), originator };
    if (!scope) return common;
    const control = callControl({ scope, telephony, liveAudio, state, step, signal, clock });
    const parts = { state, step, scope, control, signal };
    return {
      ...common,
      call: control,
      digits: digitBuffer(scope, state),
      connector: services.connector(parts),
      externalMedia: services.externalMedia(parts),
      conferencing: services.conferencing(parts),
      recorder: services.recorder(parts),
      queues: services.queueing(parts),
      machines: services.machines(parts),
      transcribing: services.transcribing(scope),
      chatbots: services.chatbots({ ...parts, check: common.check }),
    };
  };

  /** Ends the run, and starts the flow that follows it, in one transaction. */
  async function finish(state: RunState, reason: EndedReason): Promise<void> {
    const { record } = state;
    const following = await followingFlow(record);
    state.addFact("activeflow_ended", { reason });
    log.info({ activeflow_id: record.id, call_id: callOf(record), reason }, "activeflow ended");
    const ended = state.end(reason);
    if (following) {
      const follows = { activeflowId: record.id, completeCount: record.complete_count + 1 };
      await start({ ...planOf(record), ...following, variables: state.variables.all(), follows });
    }
    await ended;
  }

  async function followingFlow(record: ActiveflowRecord) {
    if (!record.on_complete_flow_id || record.complete_count >= MAX_COMPLETE_CHAIN) return undefined;
    const about = { activeflow_id: record.id, flow_id: record.on_complete_flow_id };
    const flow = await storage.flows.get(record.on_complete_flow_id, record.customer_id).catch((error) => {
      log.error({ ...about, err: error }, "on_complete flow could not be read");
    });
    if (!flow) {
      log.warn(about, "no on_complete flow");
      return undefined;
    }
    return { flowId: flow.id, actions: flow.actions, onCompleteFlowId: flow.on_complete_flow_id };
  }

  return {
    /** @throws VariableLimitError for variables that no run may begin with. */
    checkVariables: (variables: RunPlan["variables"]): void =>
      createRunVariables({}, { ...servicesFor(undefined), onChange: () => {} }).setAll(Object.entries(variables)),
    start,
    prepare,
    restore,
    /** Ends a run that can't go on, because its call ended while nobody was there. */
    async abandon(record: ActiveflowRecord & { reference_id: string }, reason: EndedReason): Promise<void> {
      const state = await stateLeftBehind(record);
      const call = await storage.calls.get(record.reference_id);
      const endedMs = call?.tm_hangup ? Date.parse(call.tm_hangup) : clock.now();
      if (state.step) state.breakOff(admit(services.catalogue, state.step.action, true).definition, "hangup", endedMs);
      await finish(state, reason);
    },
    /** Stops a run from outside, and waits until it is over, though not for long; whether there was one. */
    async stop(id: string): Promise<boolean> {
      const run = runs.get(id);
      if (!run) return false;
      run.signal.end(new RunStopped("the activeflow was stopped"));
      // It may not have begun, and wait for an answer.
      if (run.scope && isUnanswered(run.scope.call)) await hangUp(run.scope, telephony);
      const patience = new AbortController();
      const late = clock.sleepUntil(clock.now() + STOPPING_MS, patience.signal).catch(() => undefined);
      await Promise.race([run.over.promise, late]);
      patience.abort();
      return true;
    },
    /**
     * Interrupts the list that an action of the call's run forked as `until` this name, whatever is running in it, and in
     * lists within it: the forking action runs again. False, and nothing happens, when the run is not in such a list.
     * What is true may still come to nothing, by a hangup or a crash: who interrupts asks again until the action ran.
     */
    interrupt(callId: string, list: string): boolean {
      const run = runOfCall.get(callId);
      return run?.signal.interrupt(run.state.cursor, list) ?? false;
    },
    /** Names of lists that runs of calls are in, and of what their steps remember: whoever named them can be found. */
    namesInUse: (): readonly { readonly scope: CallScope; readonly name: string }[] =>
      [...runs.values()].flatMap(({ state, scope }) => (scope ? state.names().map((name) => ({ scope, name })) : [])),
    isGoingOn: (id: string): boolean => runs.get(id)?.signal.isOver === false,
    /** Whether a run that goes on is at this step now. */
    isAtStep(stepId: string): boolean {
      const run = runs.get(stepId.slice(0, stepId.indexOf(".")));
      return run !== undefined && !run.signal.isOver && run.state.step?.id === stepId;
    },
    /** What the step remembers under this key that the run of a call is at. */
    recall: (callId: string, key: string): unknown => runOfCall.get(callId)?.state.recall(key),
    /** Remembers with the run of the call that a playback has been heard of. */
    hearOfPlayback(callId: string, playbackId: string): void {
      const state = runOfCall.get(callId)?.state;
      if (state) background(rememberPlayback(state, playbackId));
    },
    /** Lets the run of the call know who answered, and stores it. */
    async hearOfMachine(callId: string, verdict: MachineVerdict): Promise<void> {
      const state = runOfCall.get(callId)?.state;
      // After a crash it may be told twice.
      if (!state || isVerdictIn(state.variables, verdict)) return;
      setVerdict(state.variables, verdict);
      state.addFact("machine_detected", verdict);
      await state.flush();
    },
    /** Lets the run of the call know what was said last. */
    hearOfTranscript(callId: string, text: string): void {
      const state = runOfCall.get(callId)?.state;
      if (!state) return;
      state.variables.set(TRANSCRIBED, text);
      background(state.flush());
    },
    /** Tells the run of a call something by variables; given one with its value, only while the run has that. */
    tell(callId: string, values: Iterable<readonly [string, string]>, given?: readonly [string, string]): void {
      const state = runOfCall.get(callId)?.state;
      if (!state || (given && state.variables.get(given[0]) !== given[1])) return;
      state.variables.setAll(values);
      background(state.flush());
    },
    /** Adds a digit to the buffer of the call's run, and stores it. */
    receiveDigit(callId: string, digit: string): void {
      const state = runOfCall.get(callId)?.state;
      if (!state) return;
      state.variables.set(DIGITS, (state.variables.get(DIGITS) ?? "") + digit);
      state.addFact("digit_received", { digit });
      background(state.flush());
    },
  };
}
