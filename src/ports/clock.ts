/** Time as a port, so that tests never sleep. Milliseconds since the epoch. */
export interface Clock {
  now(): number;
  /** Resolves at that time, at once when it has passed; rejects with the signal's reason when it aborts. */
  sleepUntil(atMs: number, signal: AbortSignal): Promise<void>;
}
