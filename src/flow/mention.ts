/** What a flow names that belongs to the customer: whether it is there, only the storage knows. */
import type { Address } from "../model/address.ts";
import type { CheckedAction } from "./checked-action.ts";
import { formatPath } from "./fault.ts";
import { hasPlaceholder } from "./variables.ts";

export const mentionKinds = [
  "flow",
  "queue",
  "conference",
  "confbridge",
  "chatbot",
  "conversation",
  "agent",
  "extension",
] as const;
export type MentionKind = (typeof mentionKinds)[number];

/** By its id, or by a name that stands for it. */
export type Named = { readonly kind: MentionKind; readonly target: string };
export type Mention = Named & { readonly path: string };

/** What an option names, by its field; nothing where a variable will say what it is. */
export type Mentions = Readonly<Record<string, Named | undefined>>;

/** What these actions name. */
export const mentionsOf = (list: readonly CheckedAction[], at: readonly PropertyKey[]): readonly Mention[] =>
  list.flatMap(({ definition, option }, index) => {
    if (option.parsed === undefined) return [];
    const path = formatPath([...at, index, "option"]);
    return Object.entries(definition.mentions?.(option.parsed) ?? {}).flatMap(([field, named]) =>
      named && named.target !== "" && !hasPlaceholder(named.target) ? [{ ...named, path: `${path}.${field}` }] : [],
    );
  });

/** For an option `destinations`: its extensions and agents. */
export const mentionedDestinations = ({ destinations }: { readonly destinations: readonly Address[] }): Mentions =>
  Object.fromEntries(destinations.map((address, index) => mentionedIn(address, `destinations[${index}]`)));

function mentionedIn({ type, target, target_name = "" }: Address, field: string): [string, Named | undefined] {
  if (type === "agent") return [`${field}.target`, { kind: type, target }];
  if (type !== "extension") return [field, undefined];
  return target === ""
    ? [`${field}.target_name`, { kind: type, target: target_name }]
    : [`${field}.target`, { kind: type, target }];
}
