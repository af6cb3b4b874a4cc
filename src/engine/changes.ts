/** Lets many wait until something they can see has changed. */
export interface Changes {
  /** Tells everybody who waits to look again. */
  notify(): void;
  /** Resolves with the first defined value of `condition`, looked at now and after each change; rejects on abort. */
  until<T>(condition: () => T | undefined, signal: AbortSignal): Promise<T>;
}

export function createChanges(): Changes {
  const waiting = new Set<() => void>();
  return {
    notify() {
      for (const look of [...waiting]) look();
    },
    until<T>(condition: () => T | undefined, signal: AbortSignal) {
      return new Promise<T>((resolve, reject) => {
        const settle = (conclude: () => void) => {
          waiting.delete(look);
          signal.removeEventListener("abort", abort);
          conclude();
        };
        const look = () => {
          const value = condition();
          if (value !== undefined) settle(() => resolve(value));
        };
        const abort = () => settle(() => reject(signal.reason));
        if (signal.aborted) return reject(signal.reason);
        waiting.add(look);
        signal.addEventListener("abort", abort);
        look();
      });
    },
  };
}
