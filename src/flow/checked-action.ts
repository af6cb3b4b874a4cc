import type { Action } from "../model/action.ts";
import type { ActionDefinition } from "./action.ts";
import type { CheckedOption } from "./check-option.ts";

/** One action of a list, and what its definition says about it. */
export type CheckedAction = {
  readonly action: Action;
  readonly definition: ActionDefinition;
  readonly option: CheckedOption;
};

/** The actions that it may jump to by its option, by the option's field. */
export function targetsOf({ definition, option }: CheckedAction): readonly (readonly [field: string, id: string])[] {
  if (option.parsed === undefined) return [];
  const targets = Object.entries(definition.targets?.(option.parsed) ?? {});
  return targets.flatMap(([field, id]) => (id === undefined ? [] : [[field, id] as const]));
}

/** Whether it may jump to an action that only a variable will name. */
export const jumpsAnywhere = ({ definition, option }: CheckedAction): boolean =>
  definition.targets !== undefined && option.isOpen;

/** Whether the action after it can follow. */
export const goesOn = ({ definition, option }: CheckedAction): boolean =>
  option.parsed === undefined || definition.goesOn === undefined || definition.goesOn(option.parsed);
