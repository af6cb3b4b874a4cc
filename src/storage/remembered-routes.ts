/**
 * Numbers and flows as the engine reads them for every call, remembered for a moment.
 *
 * 1. What this process changes is seen at once, what another one changes after a second at most.
 * 2. Only the engine reads what is remembered; whoever asks over the API gets what is stored.
 */
import { LRUCache } from "lru-cache";
import type { Clock } from "../ports/clock.ts";
import type { Resource, ResourceStore } from "../ports/resource-store.ts";
import type { Storage } from "../ports/storage.ts";

/** Short enough that nobody who tries out a change has dialled by then. */
const REMEMBERED_MS = 1_000;
/** Dialled numbers, and flows, at most; somebody who dials at random only makes us look again. */
const MAX_REMEMBERED = 1_000;

/** One storage twice: `stored` reads what is stored, `remembered` may remember; a change through either is seen by both. */
export function rememberRoutes(
  storage: Storage,
  clock: Pick<Clock, "now">,
): { readonly stored: Storage; readonly remembered: Storage } {
  const routes = remembering(storage.numbers.route, clock);
  const flows = remembering(storage.flows.get, clock);
  const stored = {
    ...storage,
    numbers: { ...storage.numbers, ...tellingChanges(storage.numbers, routes.forget) },
    flows: { ...storage.flows, ...tellingChanges(storage.flows, flows.forget) },
  };
  return {
    stored,
    remembered: {
      ...stored,
      numbers: { ...stored.numbers, route: routes.look },
      flows: { ...stored.flows, get: flows.look },
    },
  };
}

function remembering<Question extends readonly unknown[], Answer>(
  ask: (...question: Question) => Promise<Answer>,
  clock: Pick<Clock, "now">,
) {
  const answers = new LRUCache<string, { answer: Promise<Answer>; askedAtMs: number }>({ max: MAX_REMEMBERED });
  return {
    async look(...question: Question): Promise<Answer> {
      const key = JSON.stringify(question);
      const askedAtMs = clock.now();
      const known = answers.get(key);
      if (known && askedAtMs - known.askedAtMs <= REMEMBERED_MS) return known.answer;
      const answer = ask(...question);
      // Remembered before it has come, so that a change meanwhile makes it forgotten.
      answers.set(key, { answer, askedAtMs });
      try {
        return await answer;
      } catch (error) {
        answers.delete(key);
        throw error;
      }
    },
    forget: () => answers.clear(),
  };
}

/** The ways to change a store, each followed by `changed`. */
function tellingChanges<T extends Resource>(store: ResourceStore<T>, changed: () => void) {
  const create: typeof store.create = (resource) => store.create(resource).finally(changed);
  const update: typeof store.update = (...change) => store.update(...change).finally(changed);
  const remove: typeof store.remove = (...which) => store.remove(...which).finally(changed);
  return { create, update, remove };
}
