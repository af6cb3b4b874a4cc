/** Who answered, a person or a machine: a variable of the run, so that it is stored with the run. */
import type { AnsweringMachines, MachineDetector, MachineVerdict } from "../ports/answering-machines.ts";
import type { Variables } from "../ports/variables.ts";
import type { CallScope } from "./call-scope.ts";
import { memoOf, type RunState, type Step } from "./run-state.ts";

export const AMD_STATUS = "voipbin.call.amd.status";
export const AMD_CAUSE = "voipbin.call.amd.cause";

/** Ending of the id of a listening that hangs a machine up, whoever is there to hear of it then. */
export const HANG_UP_MACHINE = ".hangup";

type Parts = {
  readonly machines: AnsweringMachines;
  readonly scope: CallScope;
  readonly state: RunState;
  readonly step: Step;
};

/** What one step may find out about who answered. */
export const machineDetector = ({ machines, scope, state, step }: Parts): MachineDetector => ({
  async begin(hangUp) {
    // Of an earlier listening in the same call.
    await memoOf(state, step.id)("forgotten", () => {
      for (const name of [AMD_STATUS, AMD_CAUSE]) state.variables.set(name, "");
      return true;
    });
    if (verdictIn(state.variables)) return;
    const detectionId = `${step.id}.amd${hangUp ? HANG_UP_MACHINE : ""}`;
    // Not cut short by an interruption: what is half made could come to be afterwards.
    await machines.listen(scope.call.channel_id, detectionId, scope.signal);
  },
  verdict: (signal) => scope.changes.until(() => verdictIn(state.variables), signal),
});

const STATUSES = ["HUMAN", "MACHINE", "NOTSURE", "HANGUP"] as const;

/** The verdict that a run knows; undefined while there is none. */
export function verdictIn(variables: Variables): MachineVerdict | undefined {
  const status = STATUSES.find((one) => one === variables.get(AMD_STATUS));
  return status && { status, cause: variables.get(AMD_CAUSE) ?? "" };
}

export const isVerdictIn = (variables: Variables, { status, cause }: MachineVerdict): boolean =>
  variables.get(AMD_STATUS) === status && variables.get(AMD_CAUSE) === cause;

export const setVerdict = (variables: Variables, { status, cause }: MachineVerdict): void =>
  variables.setAll([
    [AMD_STATUS, status],
    [AMD_CAUSE, cause],
  ]);
