import type { Bridges } from "../../ports/bridges.ts";
import type { CallScope } from "../call-scope.ts";
import { hangupNews, isRefusal } from "../hangup-news.ts";

/** Two calls that hear each other. */
export type Talk = { readonly bridgeId: string; readonly caller: CallScope; readonly callee: CallScope };

/**
 * Lets two calls that are up hear each other until the callee is gone; rejects with the signal's reason when that aborts.
 * The bridge stays: whoever named it closes it. Again after a crash, those who talk hear no gap.
 */
export async function talk(bridges: Bridges, parties: Talk, signal: AbortSignal): Promise<void> {
  await bridges.open(parties.bridgeId, signal);
  await joinForTalk(bridges, parties, signal);
  await untilGone(parties.callee, signal);
}

/** Puts two calls into a bridge that is open, unless the callee is gone. */
export async function joinForTalk(bridges: Bridges, parties: Talk, signal: AbortSignal): Promise<void> {
  const { bridgeId, caller, callee } = parties;
  if (callee.call.status !== "hangup") await join(bridges, bridgeId, [caller, callee], signal);
}

/** Resolves when a call is over. */
export async function untilGone(scope: CallScope, signal: AbortSignal): Promise<void> {
  await scope.changes.until(() => (scope.call.status === "hangup" ? true : undefined), signal);
}

/** Puts calls into a bridge. One that the switch does not know any more has hung up: its scope will soon know. */
export async function join(
  bridges: Bridges,
  bridgeId: string,
  scopes: readonly CallScope[],
  signal: AbortSignal,
  known?: { readonly apart: boolean },
): Promise<void> {
  try {
    await bridges.join(
      bridgeId,
      scopes.map(({ call }) => call.channel_id),
      signal,
      known,
    );
  } catch (error) {
    if (!isRefusal(error)) throw error;
    await hangupNews(scopes);
    signal.throwIfAborted();
    if (scopes.every(({ call }) => call.status !== "hangup")) throw error;
  }
}
