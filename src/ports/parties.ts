/**
 * The SIP parties of one kind that the switch has from us; those in its own files are none of ours. Does not wait for a
 * switch that is away: every method rejects with a TelephonyError.
 */
export interface Parties<Party extends { readonly name: string }> {
  /** Makes a party, or changes it; usable at once. Repeated, it disturbs nothing. */
  put(party: Party): Promise<void>;
  /** Nothing when there is none. */
  remove(name: string): Promise<void>;
  /** Names of those that the switch has. */
  names(): Promise<readonly string[]>;
}
