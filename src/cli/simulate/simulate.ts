import { actions as allActions } from "../../actions/registry.generated.ts";
import { admit } from "../../engine/admission.ts";
import { runFlow } from "../../engine/run-flow.ts";
import { NO_POSITION, recordOf } from "../../engine/run-plan.ts";
import { createRunSignal } from "../../engine/run-signal.ts";
import { createRunState, firstPosition, type Step } from "../../engine/run-state.ts";
import { activeflowVariables, callVariables } from "../../engine/system-variables.ts";
import type { ActionCatalogue, ActionDefinition, PortName, StepPorts } from "../../flow/action.ts";
import { begin, MAIN_FRAME } from "../../flow/cursor.ts";
import { next, stop } from "../../flow/outcome.ts";
import { defaultVariableLimits } from "../../flow/variable-limits.ts";
import type { Action } from "../../model/action.ts";
import type { Call } from "../../model/call.ts";
import { NIL_UUID } from "../../model/identifier.ts";
import type { ActiveflowStore } from "../../ports/activeflow-store.ts";
import { pretendCaller } from "./pretend.ts";
import { pretendClock } from "./pretend-clock.ts";
import type { Script } from "./script.ts";
import { createTranscript, type SimulatedStep } from "./transcript.ts";

/** A run that nobody heard. */
export type Simulation = {
  readonly steps: readonly SimulatedStep[];
  /** Why it ended: `finished`, `stopped`, `hangup` (by the caller), or a limit. */
  readonly ended: string;
  readonly duration_ms: number;
  readonly variables: Readonly<Record<string, string>>;
};

/** More than anybody reads; a flow that goes round in circles shows that much sooner. */
const LIMITS = { steps: 500, jumps: 500, frames: 100 };

const CALL_ID = "00000000-0000-4000-8000-000000000001";
const RUN_ID = "00000000-0000-4000-8000-000000000002";
const PRETENDED: readonly PortName[] = ["clock", "call", "digits", "speech", "media", "variables", "timeline"];

/** Runs a flow on a pretended call: the engine's own loop and actions, ports that do nothing. */
export async function simulate(
  actions: readonly Action[],
  script: Script,
  catalogue: ActionCatalogue = allActions,
): Promise<Simulation> {
  const startMs = script.at === undefined ? Date.now() : Date.parse(script.at);
  const clock = pretendClock(startMs);
  const transcript = createTranscript();
  const hangup = new AbortController();
  const elapsedMs = () => clock.now() - startMs;
  const first = begin(actions, LIMITS);
  const position = first.state === "running" ? firstPosition(RUN_ID, first.cursor, clock) : NO_POSITION;
  const origin = recordOf(planFor(actions, script), RUN_ID, position, new Date(startMs).toISOString());
  const call = callVariables(callFor(script, origin.tm_create));
  const record = { ...origin, variables: { ...script.variables, ...call, ...activeflowVariables(origin) } };
  const store: Pick<ActiveflowStore, "save"> = {
    async save(_id, _change, facts) {
      for (const fact of facts) transcript.fact(fact, elapsedMs());
    },
  };
  const state = createRunState(
    record,
    [{ id: MAIN_FRAME, actions }],
    // A run state only ever saves.
    { store: store as ActiveflowStore, clock, limits: defaultVariableLimits, computed: {} },
    { resumed: false },
  );
  const portsOf = pretendCaller({ script, variables: state.variables, transcript, clock, hangup });
  const simulated = withoutOutside(catalogue);
  const portsFor = ({ action }: Step, signal: AbortSignal) => {
    const ports = portsOf(action, signal);
    // Actions that ask for more than is pretended have been replaced.
    return { ...ports, variables: state.variables, timeline: { add: state.addFact } } as unknown as StepPorts;
  };

  if (first.state === "running") {
    const { type, data } = admit(simulated, first.action, true).fact;
    state.addFact(type, data);
    await state.flush();
  }
  const signal = createRunSignal(hangup.signal);
  const run = { state, catalogue: simulated, limits: LIMITS, signal, hasCall: true, portsFor };
  const ending = await runFlow(run);
  await state.flush();
  const { reason } = first.state === "running" ? ending : first;
  return {
    steps: transcript.steps,
    ended: reason === "aborted" ? "hangup" : reason,
    duration_ms: elapsedMs(),
    variables: state.variables.all(),
  };
}

/** The same actions, but those that reach outside are passed over. */
function withoutOutside(all: ActionCatalogue): ActionCatalogue {
  const passOver = (definition: ActionDefinition): ActionDefinition => ({
    ...definition,
    uses: ["timeline"],
    run({ option, timeline }) {
      timeline.add("note", { message: "not simulated: it reaches outside" });
      return definition.goesOn?.(option) === false ? stop() : next;
    },
  });
  return new Map(
    [...all].map(([type, definition]) => {
      const isInside = definition.uses.every((port) => PRETENDED.includes(port));
      return [type, isInside || !definition.run ? definition : passOver(definition)] as const;
    }),
  );
}

const planFor = (actions: readonly Action[], { variables }: Script) => ({
  customerId: NIL_UUID,
  flowId: null,
  actions,
  onCompleteFlowId: null,
  referenceType: "call" as const,
  referenceId: CALL_ID,
  variables,
});

const callFor = ({ source, destination }: Script, createdAt: string): Call => ({
  id: CALL_ID,
  customer_id: NIL_UUID,
  flow_id: null,
  activeflow_id: RUN_ID,
  channel_id: "simulated",
  direction: "incoming",
  source,
  destination,
  early_execution: false,
  status: "ringing",
  groupcall_id: null,
  master_call_id: null,
  chained: false,
  dialing: null,
  hops: 0,
  mute_direction: "",
  on_hold: false,
  own_sound: "",
  external_media: [],
  recording_id: null,
  recording_ids: [],
  hangup_by: null,
  hangup_reason: null,
  hangup_cause: null,
  tm_create: createdAt,
  tm_ringing: createdAt,
  tm_progressing: null,
  tm_hangup: null,
  tm_update: createdAt,
});
