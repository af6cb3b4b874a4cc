/** Sound in the making: heard from its beginning by everybody who listens, whenever they come. */
export type GrowingSound = AsyncIterable<Uint8Array> & {
  add(sound: Uint8Array): void;
  /** It is whole. */
  end(): void;
  /** Nothing more comes, and this is why. */
  fail(error: unknown): void;
  /** Nothing more comes, for whatever reason. */
  readonly hasEnded: boolean;
  /** Resolves when there is enough of it to be told of: true, or false when it ends before that. */
  readonly hasBegun: Promise<boolean>;
};

/** So many bytes are enough to be told of. */
export function growingSound(enough = 1): GrowingSound {
  const parts: Uint8Array[] = [];
  const first = Promise.withResolvers<boolean>();
  let length = 0;
  let state: { readonly isOver: false } | { readonly isOver: true; readonly error?: unknown } = { isOver: false };
  let news = Promise.withResolvers<void>();

  const tell = (): void => {
    news.resolve();
    news = Promise.withResolvers();
  };
  const close = (how: typeof state): void => {
    if (state.isOver) return;
    state = how;
    first.resolve(false);
    tell();
  };

  return {
    hasBegun: first.promise,
    get hasEnded() {
      return state.isOver;
    },
    add(sound) {
      parts.push(sound);
      length += sound.length;
      if (length >= enough) first.resolve(true);
      tell();
    },
    end: () => close({ isOver: true }),
    fail: (error) => close({ isOver: true, error }),
    async *[Symbol.asyncIterator]() {
      for (let next = 0; ; ) {
        const part = parts[next];
        if (part) {
          next += 1;
          yield part;
        } else if (state.isOver) {
          if ("error" in state) throw state.error;
          return;
        } else {
          await news.promise;
        }
      }
    },
  };
}
