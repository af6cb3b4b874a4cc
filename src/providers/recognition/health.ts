/**
 * Keeps calls from beginning with a provider that is down.
 * 1. After some failures in a row others are tried before it for a while; it comes last, but it is never given up.
 * 2. Success ends that; failure after the pause doubles it.
 */
import type { Clock } from "../../ports/clock.ts";

/** The provider comes last from now on, or in its turn again. */
export type HealthChange = { readonly provider: string; readonly down: boolean; readonly error?: string };

const FAILURES_TO_DOWN = 3;
const PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 600_000;

type State = { failures: number; downUntilMs: number; pauseMs: number };

export type ProviderHealth = ReturnType<typeof providerHealth>;

export function providerHealth(clock: Pick<Clock, "now">, onChange: (change: HealthChange) => void = () => {}) {
  const states = new Map<string, State>();
  return {
    isDown: (provider: string): boolean => (states.get(provider)?.downUntilMs ?? 0) > clock.now(),
    failed(provider: string, error: string): void {
      const state = states.get(provider) ?? { failures: 0, downUntilMs: 0, pauseMs: PAUSE_MS };
      states.set(provider, state);
      state.failures += 1;
      if (state.failures < FAILURES_TO_DOWN || state.downUntilMs > clock.now()) return;
      if (state.failures === FAILURES_TO_DOWN) onChange({ provider, down: true, error });
      state.downUntilMs = clock.now() + state.pauseMs;
      state.pauseMs = Math.min(state.pauseMs * 2, LONGEST_PAUSE_MS);
    },
    succeeded(provider: string): void {
      const state = states.get(provider);
      states.delete(provider);
      if (state && state.failures >= FAILURES_TO_DOWN) onChange({ provider, down: false });
    },
  };
}
