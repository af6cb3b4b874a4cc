import type { Clock } from "../../ports/clock.ts";

type Limits = {
  readonly clock: Clock;
  readonly deadlineMs: number;
  readonly signal: AbortSignal | undefined;
  /** The error that the deadline ends the work with. */
  readonly expired: () => Error;
};

/** Shared, because making a reason with its stack for every request costs more than the request. */
const FINISHED = new Error("finished");

/** Does the work until it ends, the deadline passes or the signal aborts; the work's own signal tells it. */
export const withDeadline = async <Result>(
  { clock, deadlineMs, signal, expired }: Limits,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> => {
  signal?.throwIfAborted();
  const scope = new AbortController();
  const abort = () => scope.abort(signal?.reason);
  signal?.addEventListener("abort", abort, { once: true });
  clock.sleepUntil(clock.now() + deadlineMs, scope.signal).then(
    () => scope.abort(expired()),
    () => {},
  );
  try {
    return await work(scope.signal);
  } finally {
    signal?.removeEventListener("abort", abort);
    scope.abort(FINISHED);
  }
};
