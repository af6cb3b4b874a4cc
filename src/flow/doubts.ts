/** Warnings: what a flow may do, but was hardly meant to. */
import type { CheckedAction } from "./checked-action.ts";
import { type Fault, formatPath, quote } from "./fault.ts";
import { endlessLoops, graphOf, reachable } from "./graph.ts";
import { nearest } from "./nearest.ts";
import { hasPlaceholder, isSystemVariable, placeholdersIn, systemVariables } from "./variables.ts";

type Path = readonly PropertyKey[];

/** Doubts about each action alone. */
export function doubtsOfActions(list: readonly CheckedAction[], at: Path): readonly Fault[] {
  return list.flatMap(({ definition: { type, deprecated, doubts }, option }, index) => [
    ...(deprecated === undefined
      ? []
      : [
          {
            path: formatPath([...at, index, "type"]),
            message: `${type} is deprecated. ${deprecated}`,
            expected: deprecated,
          },
        ]),
    ...Object.entries((option.parsed !== undefined && doubts?.(option.parsed)) || {}).map(([field, message]) => ({
      path: formatPath([...at, index, "option", field]),
      message,
      expected: "a value with an effect",
    })),
  ]);
}

/** Doubts about how the actions follow each other. Every target must exist. */
export function doubtsOfOrder(list: readonly CheckedAction[], at: Path): readonly Fault[] {
  const graph = graphOf(list);
  const reached = reachable(graph);
  const unanswered = reachable(graph, (index) => list[index]?.definition.answers === true);
  const path = (index: number) => formatPath([...at, index]);
  const named = (index: number) => `${list[index]?.action.type} (${quote(list[index]?.action.id)})`;
  return [
    ...list.flatMap((_, index) =>
      reached.has(index)
        ? []
        : [{ path: path(index), message: `${named(index)} is never reached`, expected: "an action that leads here" }],
    ),
    ...endlessLoops(graph).flatMap((loop) => {
      const [first] = loop;
      if (first === undefined || !reached.has(first)) return [];
      const message = `from ${named(first)} on, the flow goes round for ever: no action leads out of the loop`;
      return [{ path: path(first), message, expected: "a way out" }];
    }),
    ...list.flatMap(({ definition }, index) =>
      definition.wantsAnswer && unanswered.has(index)
        ? [
            {
              path: path(index),
              message: `${named(index)} may run before the call is answered`,
              expected: "an answer before it",
            },
          ]
        : [],
    ),
  ];
}

/** Names compared for a better one, at most: a hostile flow may hold very many. */
const ADVISED_NAMES = 100;

/** Variables that are read, but that neither the system nor any action sets. `outer` are those that are set elsewhere. */
export function doubtsOfVariables(
  list: readonly CheckedAction[],
  outer: readonly string[],
  at: Path,
): readonly Fault[] {
  const set = new Set([...outer, ...namesSet(list)]);
  const known = new Set([...set, ...systemVariables]);
  const isKnown = (name: string) => known.has(name) || (set.has("*") && !isSystemVariable(name));
  const unknown = list.flatMap((checked, index) =>
    namesRead(checked)
      .filter(({ name }) => !isKnown(name))
      .map(({ name, path }) => ({ name, path: formatPath([...at, index, "option", ...path]) })),
  );
  return unknown.map(({ name, path }, index) => {
    const like = index < ADVISED_NAMES ? nearest(name, known) : undefined;
    return {
      path,
      message: `nothing sets the variable ${quote(name)}, so it is empty${like ? `; did you mean ${quote(like)}?` : ""}`,
      expected: "a variable that the system or an action sets",
      received: quote(name),
      ...(like === undefined ? {} : { nearest: like }),
    };
  });
}

/** The names of variables that these actions set; `*` means any. */
export const namesSet = (list: readonly CheckedAction[]): readonly string[] =>
  list.flatMap(({ definition, option }) =>
    option.parsed === undefined ? (definition.sets ? ["*"] : []) : (definition.sets?.(option.parsed) ?? []),
  );

type Reading = { readonly name: string; readonly path: Path };

function namesRead({ action, definition, option }: CheckedAction): readonly Reading[] {
  const read = (option.parsed !== undefined && definition.reads?.(option.parsed)) || [];
  const apart = definition.lists ?? [];
  const own = Object.fromEntries(Object.entries(action.option).filter(([field]) => !apart.includes(field)));
  return [
    ...read.filter((name) => !hasPlaceholder(name)).map((name) => ({ name, path: [] })),
    ...placeholdersOf(own, []),
  ];
}

function placeholdersOf(value: unknown, path: Path): readonly Reading[] {
  if (typeof value === "string") return placeholdersIn(value).map((name) => ({ name, path }));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    placeholdersOf(item, [...path, Array.isArray(value) ? Number(key) : key]),
  );
}
