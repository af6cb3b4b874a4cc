/** Checks one list of actions, and the lists in its options. */
import { type Action, actionDocumentSchema } from "../model/action.ts";
import { NIL_UUID } from "../model/identifier.ts";
import type { ActionCatalogue, ActionDefinition } from "./action.ts";
import { checkOption } from "./check-option.ts";
import { type CheckedAction, targetsOf } from "./checked-action.ts";
import { doubtsOfActions, doubtsOfOrder, doubtsOfVariables, namesSet } from "./doubts.ts";
import { type Fault, formatPath, quote } from "./fault.ts";
import { jsonSchemaOf } from "./json-schema.ts";
import { type Mention, mentionsOf } from "./mention.ts";
import { nearest } from "./nearest.ts";
import { faultsOf, valueAt } from "./option-faults.ts";

type Path = readonly PropertyKey[];

export type ValidationParts = {
  readonly catalogue: ActionCatalogue;
  /** Makes the ids that are missing. */
  readonly nextId: () => string;
  /** Most actions that a list may have. */
  readonly maximumActions: number;
  /** Actions of the lists around this one, to which it may jump out. */
  readonly outerIds?: readonly string[];
};

/** What is wrong with a list, what is doubtful, what it names, and the list with its ids complete. */
export type ListVerdict = {
  readonly errors: readonly Fault[];
  readonly warnings: readonly Fault[];
  readonly mentions: readonly Mention[];
  readonly actions: readonly Action[];
};

/** Checks a list. `outer` are the names of variables that are set before it runs. */
export function validateList(
  list: unknown,
  at: Path,
  parts: ValidationParts,
  outer: readonly string[] = [],
): ListVerdict {
  if (!Array.isArray(list)) return { errors: [notAList(list, at)], warnings: [], mentions: [], actions: [] };
  const entries = list.slice(0, parts.maximumActions).map((entry, index) => checkEntry(entry, [...at, index], parts));
  const checked = entries.flatMap(({ checked }) => (checked ? [checked] : []));
  const isWhole = checked.length === list.length;
  const nested = entries.flatMap((entry, index) =>
    entry.checked
      ? validateNested(entry.checked, [...at, index, "option"], parts, [...outer, ...namesSet(checked)])
      : [],
  );
  const errors = [
    ...(list.length > parts.maximumActions ? [tooMany(list, at, parts)] : []),
    ...entries.flatMap(({ faults }) => faults),
    ...duplicateIds(list, at),
    ...missingTargets(list, entries, at, parts.outerIds ?? []),
    ...nested.flatMap((verdict) => verdict.errors),
  ];
  const isSound = isWhole && errors.length === 0;
  const warnings = [
    ...(isWhole ? doubtsOfActions(checked, at) : []),
    ...(isSound ? [...doubtsOfOrder(checked, at), ...doubtsOfVariables(checked, outer, at)] : []),
    ...nested.flatMap((verdict) => verdict.warnings),
  ];
  const mentions = [...(isWhole ? mentionsOf(checked, at) : []), ...nested.flatMap((verdict) => verdict.mentions)];
  return { errors, warnings, mentions, actions: checked.map(({ action }) => action) };
}

type Entry = { readonly faults: readonly Fault[]; readonly checked?: CheckedAction };

function checkEntry(entry: unknown, at: Path, { catalogue, nextId }: ValidationParts): Entry {
  const envelope = actionDocumentSchema.safeParse(entry);
  const found = envelope.success ? [] : faultsOf(envelope.error, entry, actionDocumentSchema, at);
  const type = valueAt(entry, ["type"]);
  if (typeof type !== "string") return { faults: found };
  const definition = catalogue.get(type);
  const faults = found.map((fault) => (definition && misplaced(fault, entry, definition, at)) ?? fault);
  if (!definition) return { faults: [...faults, unknownType(type, at, catalogue)] };
  const written = valueAt(entry, ["option"]) ?? {};
  const option = checkOption(definition, written, [...at, "option"]);
  const unavailable = definition.run ? [] : [notAvailable(definition, at)];
  // An option that is no object has been told already.
  const optionFaults = typeof written === "object" && !Array.isArray(written) ? option.faults : [];
  const all = [...faults, ...unavailable, ...optionFaults];
  if (!envelope.success) return { faults: all };
  const { id, next_id } = envelope.data;
  const action: Action = {
    id: isNamed(id) ? id : nextId(),
    ...(isNamed(next_id) ? { next_id } : {}),
    type,
    option: envelope.data.option ?? {},
  };
  return { faults: all, checked: { action, definition, option } };
}

/** The lists in an action's option; one that is no list is told with the option's other faults. */
function validateNested(
  { action, definition }: CheckedAction,
  at: Path,
  parts: ValidationParts,
  outer: readonly string[],
): readonly ListVerdict[] {
  const lists = (definition.lists ?? []).filter((name) => Array.isArray(action.option[name]));
  return lists.map((name) => validateList(action.option[name], [...at, name], { ...parts, outerIds: [] }, outer));
}

function duplicateIds(list: readonly unknown[], at: Path): readonly Fault[] {
  const seen = new Map<string, number>();
  return list.flatMap((entry, index) => {
    const id = valueAt(entry, ["id"]);
    if (typeof id !== "string" || !isNamed(id)) return [];
    const first = seen.get(id);
    if (first === undefined) {
      seen.set(id, index);
      return [];
    }
    const message = `the id ${quote(id)} is taken by ${formatPath([...at, first])}: each action needs its own`;
    return [{ path: formatPath([...at, index, "id"]), message, expected: "an id of its own", received: quote(id) }];
  });
}

/** Targets compared for a better one, at most: a hostile flow may hold very many. */
const ADVISED_TARGETS = 100;

function missingTargets(
  list: readonly unknown[],
  entries: readonly Entry[],
  at: Path,
  outerIds: readonly string[],
): readonly Fault[] {
  const own = list.map((entry) => valueAt(entry, ["id"])).filter((id) => typeof id === "string");
  const ids = new Set([...own, ...outerIds]);
  const missing = entries.flatMap(({ checked }, index) => {
    if (!checked) return [];
    const { next_id } = checked.action;
    const named = targetsOf(checked).map(([name, id]) => ({
      path: `${formatPath([...at, index, "option"])}.${name}`,
      id,
    }));
    const all =
      next_id === undefined ? named : [{ path: formatPath([...at, index, "next_id"]), id: next_id }, ...named];
    return all.filter(({ id }) => !ids.has(id));
  });
  return missing.map(({ path, id }, index) => {
    const like = index < ADVISED_TARGETS ? nearest(id, ids) : undefined;
    const advice = like ? `; did you mean ${quote(like)}?` : "";
    return {
      path,
      message: `no action of this list has the id ${quote(id)}${advice}`,
      expected: "the id of an action of this list",
      received: quote(id),
      ...(like === undefined ? {} : { nearest: like }),
    };
  });
}

/** The better advice for an option that stands beside the type, where many a newcomer writes it. */
function misplaced(fault: Fault, entry: unknown, { option }: ActionDefinition, at: Path): Fault | undefined {
  const names = Object.keys(jsonSchemaOf(option).properties ?? {});
  const name = names.find((name) => valueAt(entry, [name]) !== undefined && fault.path === formatPath([...at, name]));
  if (name === undefined) return undefined;
  const expected = `"option": { ${quote(name)}: … }`;
  return { path: fault.path, message: `${name} belongs into option: ${expected}`, expected, nearest: `option.${name}` };
}

function unknownType(type: string, at: Path, catalogue: ActionCatalogue): Fault {
  const like = nearest(type, catalogue.keys());
  return {
    path: formatPath([...at, "type"]),
    message: `there is no action of type ${quote(type)}${like ? `; did you mean ${quote(like)}?` : ""}`,
    expected: `one of ${[...catalogue.keys()].join(", ")}`,
    received: quote(type),
    ...(like === undefined ? {} : { nearest: like }),
  };
}

const notAvailable = ({ type }: ActionDefinition, at: Path): Fault => ({
  path: formatPath([...at, "type"]),
  message: `${type} is not available in this version`,
  expected: "an action that is available",
  received: quote(type),
});

const notAList = (value: unknown, at: Path): Fault => ({
  path: formatPath(at),
  message: value === undefined ? "there are no actions: give a list" : `must be a list of actions, not ${quote(value)}`,
  expected: "a list of actions",
  ...(value === undefined ? {} : { received: quote(value) }),
});

const tooMany = ({ length }: readonly unknown[], at: Path, { maximumActions }: ValidationParts): Fault => ({
  path: formatPath(at),
  message: `the list has ${length} actions; at most ${maximumActions} are allowed`,
  expected: `at most ${maximumActions} actions`,
  received: `${length} actions`,
});

const isNamed = (id: string | undefined): id is string => id !== undefined && id !== "" && id !== NIL_UUID;
