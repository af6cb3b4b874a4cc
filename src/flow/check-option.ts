import type { ActionDefinition } from "./action.ts";
import type { Fault } from "./fault.ts";
import { faultsOfIssues, flatten, type Issue, valueAt } from "./option-faults.ts";
import { hasPlaceholder } from "./variables.ts";

type Path = readonly PropertyKey[];

/** What is known of an option before it runs. */
export type CheckedOption = {
  readonly faults: readonly Fault[];
  /** As the action reads it; undefined when it has faults, or when that depends on variables. */
  readonly parsed?: unknown;
  /** Text with variables stands where only certain texts will do, so what the action will do can't be foreseen. */
  readonly isOpen: boolean;
};

/**
 * Checks an option as it is written. Text that holds a placeholder may become any text, so it passes wherever text is
 * right at all; the same schema looks at it again when it runs.
 */
export function checkOption(definition: ActionDefinition, written: unknown, at: Path): CheckedOption {
  const result = definition.option.safeParse(written);
  if (result.success) return { faults: [], parsed: result.data, isOpen: false };
  const issues = flatten(result.error.issues);
  const faulty = issues.filter((issue) => !mayComeRight(issue, written));
  // What the rest says is known all the same: where it jumps, what it sets.
  const rest = definition.option.safeParse(without(written, issues.flatMap(pathsOf)));
  return {
    faults: faultsOfIssues(faulty, written, definition.option, at),
    isOpen: true,
    ...(rest.success ? { parsed: rest.data } : {}),
  };
}

const pathsOf = (issue: Issue): readonly Path[] =>
  issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];

function mayComeRight(issue: Issue, written: unknown): boolean {
  if (issue.code === "invalid_type" || issue.code === "unrecognized_keys") return false;
  const value = valueAt(written, issue.path);
  return typeof value === "string" && hasPlaceholder(value);
}

/** A copy without what is at these paths. */
function without(value: unknown, paths: readonly Path[]): unknown {
  if (paths.length === 0 || typeof value !== "object" || value === null) return value;
  const below = Map.groupBy(paths, ([first]) => String(first));
  const kept = Object.entries(value).flatMap(([key, item]): readonly [string, unknown][] => {
    const rests = (below.get(key) ?? []).map(([, ...rest]) => rest);
    return rests.some((rest) => rest.length === 0) ? [] : [[key, without(item, rests)]];
  });
  return Array.isArray(value) ? kept.map(([, item]) => item) : Object.fromEntries(kept);
}
