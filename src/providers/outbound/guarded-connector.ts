import { buildConnector } from "undici";
import type { AddressPolicy } from "./address-policy.ts";
import { checkedLookup, type Resolve, refusalOf, resolveBySystem } from "./checked-lookup.ts";

/** Opens connections to allowed addresses only. */
export function guardedConnector(
  isAllowed: AddressPolicy,
  timeoutMs: number,
  resolve: Resolve = resolveBySystem,
): buildConnector.connector {
  const connect = buildConnector({ timeout: timeoutMs, allowH2: false, lookup: checkedLookup(isAllowed, resolve) });
  return (options, done) => {
    const refusal = refusalOf(options.hostname, isAllowed);
    return refusal ? done(refusal, null) : connect(options, done);
  };
}
