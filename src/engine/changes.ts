/** Lets many wait until something they can see has changed. */
export interface Changes {
  /** Tells everybody who waits to look again. */
  notify(): void;
  /**
   * Resolves with the first defined value of `condition`, looked at now and after each change; rejects on abort. What is
   * to be done `atOnce` is done in the very turn of the change, before anybody who waits goes on.
   */
  until<T>(condition: () => T | undefined, signal: AbortSignal, atOnce?: (value: T) => void): Promise<T>;
}

export function createChanges(): Changes {
  const waiting = new Set<() => void>();
  return {
    notify() {
      for (const look of [...waiting]) look();
    },
    until<T>(condition: () => T | undefined, signal: AbortSignal, atOnce: (value: T) => void = () => {}) {
      return new Promise<T>((resolve, reject) => {
        const settle = (conclude: () => void) => {
          waiting.delete(look);
          signal.removeEventListener("abort", abort);
          conclude();
        };
        const look = () => {
          const value = condition();
          if (value === undefined) return;
          settle(() => {
            atOnce(value);
            resolve(value);
          });
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
