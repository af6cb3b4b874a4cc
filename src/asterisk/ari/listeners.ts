import type { AriLog } from "./log.ts";

/** Those who hear something, told one after the other at once; what one of them throws concerns nobody else. */
export const listeners = <Value>(subject: string, log: AriLog) => {
  const registered = new Set<(value: Value) => void>();
  return {
    /** Registers one; the function it gives takes it out again. */
    add(listener: (value: Value) => void): () => void {
      registered.add(listener);
      return () => registered.delete(listener);
    },
    tell(value: Value): void {
      for (const listener of registered) {
        try {
          listener(value);
        } catch (error) {
          log.error({ err: error, subject }, "ari listener failed");
        }
      }
    },
  };
};
