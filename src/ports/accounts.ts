/** A SIP account as the switch needs to know it. */
export type Account = {
  /** What it is dialled by, and its user name. */
  readonly name: string;
  readonly displayName: string;
  readonly realm: string;
  /** MD5 of `name:realm:password`, hexadecimal. */
  readonly digest: string;
};

/**
 * The SIP accounts that the switch has from us; those in its own files are none of ours. Does not wait for a switch that
 * is away: every method rejects with a TelephonyError.
 */
export interface Accounts {
  /** Makes an account, or changes it; usable at once. */
  put(account: Account): Promise<void>;
  /** Nothing when there is none. */
  remove(name: string): Promise<void>;
  /** Names of those that the switch has. */
  names(): Promise<readonly string[]>;
}
