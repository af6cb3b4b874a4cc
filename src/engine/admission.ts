import { type ActionCatalogue, type ActionDefinition, callPorts } from "../flow/action.ts";
import type { Action } from "../model/action.ts";
import type { TimelineType } from "../model/timeline.ts";

type Runnable = ActionDefinition & Required<Pick<ActionDefinition, "run">>;

/** Whether an action can run here, and the fact that says so, to be stored before it begins. */
export type Admission = {
  readonly definition: Runnable | undefined;
  readonly fact: { readonly type: TimelineType; readonly data: Readonly<Record<string, unknown>> };
};

/** An action runs when this version has it, and a live call where it needs one; else it is skipped. */
export function admit(catalogue: ActionCatalogue, action: Action, hasCall: boolean): Admission {
  const about = { action_id: action.id, action: action.type };
  const skip = (why: string): Admission => ({
    definition: undefined,
    fact: { type: "action_skipped", data: { ...about, why } },
  });
  const definition = catalogue.get(action.type);
  if (!isRunnable(definition)) return skip("not available in this version");
  if (!hasCall && definition.uses.some((port) => callPorts.some((name) => name === port)))
    return skip("there is no live call");
  return { definition, fact: { type: "action_started", data: { ...about, option: action.option } } };
}

const isRunnable = (definition: ActionDefinition | undefined): definition is Runnable => definition?.run !== undefined;
