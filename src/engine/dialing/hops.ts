import type { Address } from "../../model/address.ts";
import type { Call } from "../../model/call.ts";
import type { GroupLine } from "../../model/groupcall.ts";
import type { ActiveflowRecord } from "../../ports/activeflow-store.ts";
import { DialLoopError } from "../../ports/connector.ts";
import type { ChannelSnapshot } from "../../ports/telephony.ts";
import { callOf } from "../run-plan.ts";
import { HOPS_VARIABLE } from "../system-variables.ts";

/** What calls and texts that come out of each other may count: one that calls itself would do so for ever. */
export const MAX_HOPS = 10;

/**
 * What a call counts, should it come back to us, that is one of several made at once: each doubling counts like one more
 * call. So all that can come out of one call are some hundreds, also where each calls several others.
 */
export const hopsAmong = (hops: number, among: number): number => hops + Math.ceil(Math.log2(Math.max(1, among)));

/** A run that no call of ours led to may well be one that calls thousands, one after another: no more of them count. */
const MOST_BEFORE = 31;

/** How many of the calls that a run has made before count as if they were made at once with the next. */
export const before = (hops: number, made: number): number => (hops === 0 ? Math.min(made, MOST_BEFORE) : made);

/**
 * @throws DialLoopError when calls to all these are too many for a call that counts so much, and whose run has made so many
 * before. A run that no call of ours led to may make as many as it likes, one after another.
 */
export function checkHops(hops: number, destinations: readonly Address[], made = 0): void {
  const elsewhere = destinations.filter(({ type }) => type === "sip" || type === "tel").length;
  const among = elsewhere > 0 && hops > 0 ? made + elsewhere : elsewhere;
  if (hops >= MAX_HOPS || hopsAmong(hops + 1, among) > MAX_HOPS) throw new DialLoopError(hops);
}

/** What counts for a run: how many calls and texts, each out of the one before, led to its call, or to its text. */
export async function hopsOf(
  run: ActiveflowRecord,
  findCall: (id: string) => Promise<Pick<Call, "hops"> | undefined>,
): Promise<number> {
  const callId = callOf(run);
  if (callId !== null) return (await findCall(callId))?.hops ?? 0;
  return Number(run.variables[HOPS_VARIABLE] ?? 0);
}

/** What a call tells the other side: those ordered from outside tell how many they are, though no call led to any of them. */
export const toldBy = ({ hops, dialing }: Pick<Call, "hops" | "dialing">): number =>
  Math.max(hops, hopsAmong(0, dialing?.among ?? 1));

/**
 * What a call counts that a carrier brings without saying so, perhaps because the carrier took our header off: as much as
 * the live call of ours that went out by this carrier, to this number, from this caller. It is most likely that one.
 */
export function hopsByLooks(
  { trunkId, dialled, callerNumber }: Pick<ChannelSnapshot, "trunkId" | "dialled" | "callerNumber">,
  live: readonly Call[],
): number {
  const alike = live.filter(({ dialing }) => {
    const target = dialing?.targets[dialing.attempt];
    if (target?.kind !== "trunk" || target.trunk_id !== trunkId) return false;
    return isSameNumber(target.number, dialled) && isSameNumber(target.caller.target, callerNumber);
  });
  return Math.max(0, ...alike.map(toldBy));
}

/** So many digits at the end are one number, with its country before them, zeros, or neither. */
const LOCAL_DIGITS = 6;

function isSameNumber(one: string, other: string): boolean {
  const [short = "", long = ""] = [one, other]
    .map((number) => number.replace(/^[+0]+/, ""))
    .toSorted((a, b) => a.length - b.length);
  // Who does not say a number may be anybody.
  return /^\d+$/.test(short) && (short === long || (short.length >= LOCAL_DIGITS && long.endsWith(short)));
}

/** How many calls of a group may come back to us: phones of ours do not. */
export const comingBack = (lines: readonly GroupLine[]): number =>
  lines.flat(2).filter(({ targets }) => targets.some(({ kind }) => kind !== "phone")).length;
