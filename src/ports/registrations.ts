/** A phone that is registered at a SIP account. */
export type Contact = {
  /** Where it is reached. */
  readonly uri: string;
  /** What it calls itself. */
  readonly userAgent: string | null;
  /** It is forgotten then, unless it registers again; RFC 3339. */
  readonly expiresAt: string | null;
};

export interface Registrations {
  /**
   * The phones that are registered at each of these accounts now; none at one that is unknown. Asks now or not at all.
   * @throws TelephonyError
   */
  of(accounts: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, readonly Contact[]>>;
}
