/** From the one who has something to tell to the one who reads it, in order. */
export type Output<T> = AsyncIterable<T> & {
  add(item: T): void;
  end(): void;
  /** After what was added before. */
  fail(error: unknown): void;
};

export function createOutput<T>(): Output<T> {
  const items: T[] = [];
  let end: { readonly error?: unknown } | undefined;
  let wake = () => {};
  const close = (how: { readonly error?: unknown }) => {
    end ??= how;
    wake();
  };
  return {
    add(item) {
      items.push(item);
      wake();
    },
    end: () => close({}),
    fail: (error) => close({ error }),
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const item = items.shift();
        if (item !== undefined) yield item;
        else if (end && "error" in end) throw end.error;
        else if (end) return;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}
