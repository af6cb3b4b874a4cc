import { orAborted } from "../../ports/or-aborted.ts";

/** A list in the making: read by everybody from wherever they want, as far as it has come. */
export type GrowingList<T> = {
  /** What there is. */
  readonly items: readonly T[];
  add(...items: readonly T[]): void;
  end(): void;
  /** The item at this place, waited for; undefined when the list ends before it. Rejects with the signal's reason. */
  at(index: number, signal: AbortSignal): Promise<T | undefined>;
};

export function growingList<T>(...first: readonly T[]): GrowingList<T> {
  const items = [...first];
  let isWhole = false;
  let news = Promise.withResolvers<void>();
  const tell = (): void => {
    news.resolve();
    news = Promise.withResolvers();
  };

  return {
    items,
    add(...more) {
      items.push(...more);
      tell();
    },
    end() {
      isWhole = true;
      tell();
    },
    async at(index, signal) {
      for (;;) {
        signal.throwIfAborted();
        if (index < items.length || isWhole) return items[index];
        await orAborted(news.promise, signal);
      }
    },
  };
}
