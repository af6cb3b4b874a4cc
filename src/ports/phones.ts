/** The phones that are registered at SIP accounts. */
export interface Phones {
  /**
   * SIP URIs of the phones that are registered at an account now, in no particular order; none when nobody is.
   * @throws TelephonyError
   */
  of(extension: string, signal: AbortSignal): Promise<readonly string[]>;
}
