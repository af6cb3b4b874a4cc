import type { Address } from "../model/address.ts";
import type { DialTarget } from "../model/dial-target.ts";

/** A text that came in. */
export type IncomingText = {
  /** The same when it comes a second time; no other text has it. */
  readonly key: string;
  /** What it was sent to: a number, or a name. */
  readonly to: string;
  readonly kind: "sip" | "tel";
  /** A number, or a SIP URI as the sender gave it; whoever gives the name of an account has proven to be it. */
  readonly from: string;
  readonly fromName: string;
  readonly text: string;
  /** How many SMS it came as, if its gateway tells. */
  readonly parts?: number;
  /** How many texts and calls, each out of the one before, led to it; as far as its sender tells. */
  readonly hops: number;
};

/** A text that goes out; `hops` is what it counts, should it be answered automatically. */
export type OutgoingText = { readonly source: Address; readonly text: string; readonly hops: number };

/** Text messages of SIP. */
export interface TextMessages {
  /**
   * Hands a text to the switch, which sends it once; whether the phone took it is not told.
   * @throws TelephonyError
   */
  send(target: DialTarget, text: OutgoingText, signal: AbortSignal): Promise<void>;
  /**
   * Registers the one listener, before the switch is connected. The switch keeps a text until the listener's promise
   * settles: one that we did not live to store comes again.
   */
  onText(listener: (text: IncomingText) => Promise<void>): void;
}
