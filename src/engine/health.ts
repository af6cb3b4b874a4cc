import type { Clock } from "../ports/clock.ts";

/** What is wrong with a component that others should know about before they send us calls. */
export type Fault = { readonly component: string; readonly reason: string; readonly since: string };

/** Collects what is wrong now. Not ready means: do not send new calls; calls that run go on with what can go on. */
export interface Health {
  faults(): readonly Fault[];
  fail(component: string, reason: string): void;
  recover(component: string): void;
}

export function createHealth(clock: Clock): Health {
  const faults = new Map<string, Fault>();
  return {
    faults: () => [...faults.values()],
    fail(component, reason) {
      const since = faults.get(component)?.since ?? new Date(clock.now()).toISOString();
      faults.set(component, { component, reason, since });
    },
    recover: (component) => void faults.delete(component),
  };
}
