import type { IncomingText } from "./text-messages.ts";

/** One text to one telephone. */
export type Sms = {
  /** Its id, the same at each try: gateways that take one tell a second time by it. */
  readonly key: string;
  /** A number of ours, or what the gateway knows as a sender. */
  readonly from: string;
  /** E.164. */
  readonly to: string;
  readonly text: string;
};

/** What became of a text, as far as the gateway knows. */
export type SmsState = {
  readonly status: "sent" | "delivered" | "failed";
  /** Why it failed. */
  readonly error: string | null;
};

export type SmsOutcome =
  /** The gateway has it; the reference is its own name for it, `parts` how many SMS it makes of it, if it tells. */
  | { readonly kind: "accepted"; readonly reference: string | null; readonly parts?: number }
  /** It will never take it. */
  | { readonly kind: "refused"; readonly why: string }
  /** Another try may do better, and nothing has been sent. */
  | { readonly kind: "busy"; readonly why: string }
  /** Another try may do better, but it may have been sent. */
  | { readonly kind: "unsure"; readonly why: string };

/** A request that a gateway makes of us. */
export type GatewayRequest = {
  readonly about: "text" | "state";
  /** Of which text, when the address says so. */
  readonly key: string | undefined;
  /** Path and query, as they came. */
  readonly path: string;
  /** In lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
};

/** What a gateway tells; `forged` when it is not the gateway that asks, `nothing` when we have no use for it. */
export type GatewayNews =
  | { readonly kind: "text"; readonly text: IncomingText }
  | { readonly kind: "state"; readonly key: string; readonly reference: string | null; readonly state: SmsState }
  | { readonly kind: "nothing" }
  | { readonly kind: "forged" };

/** Texts to and from telephone numbers. */
export interface SmsGateway {
  readonly name: string;
  /** Never rejects but with the signal's reason. */
  send(sms: Sms, signal: AbortSignal): Promise<SmsOutcome>;
  /** Looks for a text that may have been sent since then; absent where the gateway can't tell. May reject. */
  find?(
    sms: Sms,
    sinceMs: number,
    signal: AbortSignal,
  ): Promise<{ readonly reference: string; readonly parts?: number } | undefined>;
  read(request: GatewayRequest): GatewayNews;
  /** What to answer to a request that was taken. */
  readonly thanks: { readonly contentType: string; readonly body: string };
}

/** Where requests of the gateway go. */
export interface SmsInbox {
  /** Stores what the gateway tells; undefined when it is not the gateway. Rejects when it should come again. */
  take(request: GatewayRequest): Promise<SmsGateway["thanks"] | undefined>;
}
