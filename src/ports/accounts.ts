import type { Parties } from "./parties.ts";

/** A SIP account as the switch needs to know it. */
export type Account = {
  /** What it is dialled by, and its user name. */
  readonly name: string;
  readonly displayName: string;
  readonly realm: string;
  /** MD5 of `name:realm:password`, hexadecimal. */
  readonly digest: string;
};

export type Accounts = Parties<Account>;
