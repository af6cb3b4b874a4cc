import type { Clock } from "../../ports/clock.ts";
import { listeners } from "./listeners.ts";
import type { AriLog } from "./log.ts";

/** Whether events reach us, since when, and if not, why. */
export type AriState =
  | { readonly kind: "up"; readonly sinceMs: number }
  | { readonly kind: "down"; readonly sinceMs: number; readonly reason: string };

/** Keeps the state and tells of its changes. */
export const connectionState = ({ clock, log }: { readonly clock: Clock; readonly log: AriLog }) => {
  const heard = listeners<AriState>("state", log);
  let state: AriState = { kind: "down", sinceMs: clock.now(), reason: "not started" };

  const change = (next: AriState) => {
    state = next;
    if (next.kind === "up") log.info("ari up");
    else log.info({ reason: next.reason }, "ari down");
    heard.tell(next);
  };

  return {
    current: (): AriState => state,
    onChange: heard.add,
    up(): void {
      if (state.kind === "down") change({ kind: "up", sinceMs: clock.now() });
    },
    /** A new reason while down keeps the time since when. */
    down(reason: string): void {
      if (state.kind === "down" && state.reason === reason) return;
      change({ kind: "down", sinceMs: state.kind === "down" ? state.sinceMs : clock.now(), reason });
    },
    /** Resolves when up, at once if it is; rejects with the signal's reason. */
    async whenUp(signal: AbortSignal): Promise<void> {
      signal.throwIfAborted();
      if (state.kind === "up") return;
      const reached = Promise.withResolvers<void>();
      const abort = () => reached.reject(signal.reason);
      const remove = heard.add((next) => next.kind === "up" && reached.resolve());
      signal.addEventListener("abort", abort, { once: true });
      await reached.promise.finally(() => {
        remove();
        signal.removeEventListener("abort", abort);
      });
    },
  };
};
