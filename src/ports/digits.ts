/** The digit buffer of a call: every DTMF digit, in order, until somebody empties it. */
export interface Digits {
  readonly received: string;
  /** Empties the buffer. */
  clear(): void;
  /** Resolves when the next digit has been added; rejects with the signal's reason. */
  next(signal: AbortSignal): Promise<string>;
}
