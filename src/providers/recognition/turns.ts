import type { Clock } from "../../ports/clock.ts";
import type { RecognitionFault } from "../../ports/speech-recognition.ts";
import type { ProviderHealth } from "./health.ts";
import type { RecognitionProvider } from "./provider.ts";

/** What will not be otherwise during a call. */
const FOR_GOOD: ReadonlySet<RecognitionFault> = new Set(["credentials", "refused"]);
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

export type Turns = ReturnType<typeof createTurns>;

/** Whose turn it is in one listening: by preference, but who failed rests, for longer each time, or for good. */
export function createTurns(
  candidates: readonly RecognitionProvider[],
  { clock, health }: { readonly clock: Pick<Clock, "now">; readonly health: ProviderHealth },
) {
  const rests = new Map<RecognitionProvider, { untilMs: number; pauseMs: number }>();
  const untilOf = (provider: RecognitionProvider): number => rests.get(provider)?.untilMs ?? 0;

  return {
    /** The provider whose turn it is now, other than this one; undefined when there is none. */
    next(other?: RecognitionProvider): RecognitionProvider | undefined {
      const ready = candidates.filter((provider) => provider !== other && untilOf(provider) <= clock.now());
      return ready.find(({ name }) => !health.isDown(name)) ?? ready[0];
    },
    /** When somebody has rested enough; infinity when never. */
    get againMs(): number {
      return Math.min(...candidates.map(untilOf));
    },
    failed(provider: RecognitionProvider, fault: RecognitionFault, error: string): void {
      health.failed(provider.name, error);
      const pauseMs = rests.get(provider)?.pauseMs ?? FIRST_PAUSE_MS;
      const untilMs = FOR_GOOD.has(fault) ? Number.POSITIVE_INFINITY : clock.now() + pauseMs;
      rests.set(provider, { untilMs, pauseMs: Math.min(pauseMs * 2, LONGEST_PAUSE_MS) });
    },
    succeeded(provider: RecognitionProvider): void {
      health.succeeded(provider.name);
      rests.delete(provider);
    },
  };
}
