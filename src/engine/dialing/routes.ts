/** Which carriers a telephone number goes through, whether it may, and as whom. Pure. */
import type { Address } from "../../model/address.ts";
import { digitsMatched, isTelephoneNumber } from "../../model/telephone.ts";
import type { Trunk } from "../../model/trunk.ts";

/** The trunks for a number, in the order to try them: longest matching prefix, then priority, then the oldest. */
export function routesFor(number: string, trunks: readonly Trunk[]): readonly Trunk[] {
  return trunks
    .flatMap((trunk) => {
      const matched = longestMatch(number, trunk.prefixes);
      return matched === undefined ? [] : [{ trunk, matched }];
    })
    .toSorted((a, b) => b.matched - a.matched || a.trunk.priority - b.trunk.priority || byAge(a.trunk, b.trunk))
    .map(({ trunk }) => trunk);
}

/** Whether a number is one that may be dialled at all: in E.164, and with one of these beginnings. */
export const isAllowed = (number: string, allowedPrefixes: readonly string[]): boolean =>
  isTelephoneNumber(number) && allowedPrefixes.some((prefix) => number.startsWith(prefix));

/**
 * Who calls, as the other side may be told: a telephone number only if it is one of the customer's own, else the
 * trunk's; what the trunk has no number for stays as it is. Prefixes among the own numbers (`+4930*`) own nothing: they
 * say where calls lead, and one may be as short as `*`.
 */
export function callerIdFor(
  source: Address,
  { caller_id }: Pick<Trunk, "caller_id">,
  ownedNumbers: readonly string[],
): Address {
  const isOwn = source.type === "tel" && ownedNumbers.includes(source.target);
  if (isOwn || caller_id === null) return source;
  return { type: "tel", target: caller_id, ...(source.name === undefined ? {} : { name: source.name }) };
}

/** Q.850 causes that another carrier would only repeat, because they come from the callee or the callee's network. */
const FINAL: ReadonlySet<number> = new Set([
  16, // Normal clearing: it was taken, or taken back.
  17, // Busy.
  19, // It rang, and nobody answered.
  20, // Absent: the callee's network knows the phone and says that it is off.
  21, // Rejected, by the callee or for the callee; ringing again elsewhere would pester.
  22, // Changed: the callee's network says that nobody is there any more.
  26, // Answered elsewhere.
]);

/**
 * Whether the next trunk may do better. An unknown number (1) too: carriers differ in what they know; no answer to our
 * requests (18), all kinds of congestion, failure and refusal of the service, and causes that say nothing (0, 31).
 */
export const isRetryable = (cause: number): boolean => !FINAL.has(cause);

/** How many digits the best prefix says; no prefix at all matches every number, by none. */
function longestMatch(number: string, prefixes: readonly string[]): number | undefined {
  if (prefixes.length === 0) return 0;
  const matches = prefixes.flatMap((prefix) => digitsMatched(number, prefix) ?? []);
  return matches.length === 0 ? undefined : Math.max(...matches);
}

const byAge = (a: Trunk, b: Trunk): number => compare(a.tm_create, b.tm_create) || compare(a.id, b.id);
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
