import { causeInWords } from "../../model/hangup.ts";
import type { Failure, Group } from "../dialing/group.ts";
import { memoOf, type RunState, type Step } from "../run-state.ts";

/**
 * Tells on the timeline of the call that wanted them why those of a group did not answer who did not: each as soon as that
 * is known, and once, also when the step runs again. `end` resolves when all that is known now has been told.
 */
export function tellOfFailures(
  { state, step }: { readonly state: RunState; readonly step: Step },
  group: Group,
): { end(): Promise<void> } {
  const ends = new AbortController();
  const memo = memoOf(state, step.id);
  let told = 0;

  async function tellUpTo(count: number): Promise<void> {
    const failures = group.failures().slice(told, count);
    told += failures.length;
    for (const failure of failures) await memo(`failed ${failure.leg.callId}`, () => tell(state, failure));
  }

  async function tellAsTheyCome(): Promise<void> {
    const more = () => (group.failures().length > told ? true : undefined);
    while (await group.changes.until(more, ends.signal).catch(() => false)) await tellUpTo(group.failures().length);
  }

  const telling = tellAsTheyCome();
  // Whoever ends it hears of what went wrong.
  telling.catch(() => undefined);
  return {
    async end() {
      const known = group.failures().length;
      ends.abort();
      await telling;
      await tellUpTo(known);
    },
  };
}

function tell(state: RunState, { leg, reason, cause }: Failure): true {
  const { type, target, target_name } = leg.destination;
  const destination = { type, target, ...(target_name ? { target_name } : {}) };
  const why = leg.fault?.why ?? causeInWords(cause);
  state.addFact("leg_failed", { call_id: leg.callId, destination, reason, cause, why });
  return true;
}
