/** A switch that refuses something because of a hangup may only be ahead of its news of that. */
import { TelephonyError } from "../ports/telephony.ts";
import type { CallScope } from "./call-scope.ts";

/** How long the news of a hangup may take after the switch has refused something because of it. */
const HANGUP_NEWS_MS = 1_000;

/** Resolves when one of the calls has ended, or would have been heard of by now. */
export async function hangupNews(scopes: readonly CallScope[]): Promise<void> {
  const ended = AbortSignal.any([...scopes.map(({ signal }) => signal), AbortSignal.timeout(HANGUP_NEWS_MS)]);
  if (!ended.aborted) await new Promise((resolve) => ended.addEventListener("abort", resolve, { once: true }));
}

/** Whether the switch itself says that it can't be done, rather than that it can't be asked. */
export const isRefusal = (error: unknown): error is TelephonyError =>
  error instanceof TelephonyError && error.fault !== "unavailable";

/** For what need not be done to a call on its way out: one whose channel is gone, or refuses. */
export async function unlessLeaving({ signal }: CallScope, work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!signal.aborted && !isRefusal(error)) throw error;
  }
}

/**
 * Waits for the news of the hangup when the switch knows no such channel, or refuses, so that no flow goes on without its
 * caller. A channel that is gone ends the call, should the news be lost.
 */
export async function unlessHungUp<T>(scope: CallScope, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    await hangupNews([scope]);
    if (error.fault === "gone") scope.lost();
    throw error;
  }
}
