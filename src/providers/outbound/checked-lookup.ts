import { type LookupAddress, lookup } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { OutboundError } from "../../ports/outbound-http.ts";
import type { AddressPolicy } from "./address-policy.ts";

/** Finds every address of a name. */
export type Resolve = (
  hostname: string,
  done: (error: Error | null, addresses: readonly LookupAddress[]) => void,
) => void;

export const resolveBySystem: Resolve = (hostname, done) =>
  lookup(hostname, { all: true }, (error, addresses) => done(error, addresses));

/**
 * Looks names up, and gives allowed addresses only. The check is made on the very addresses that are then dialled, so a
 * name that resolves differently the next time gains nothing.
 */
export const checkedLookup =
  (isAllowed: AddressPolicy, resolve: Resolve): LookupFunction =>
  (hostname, options, done) => {
    resolve(hostname, (error, addresses) => {
      if (error) return done(error, []);
      // One bad address among good ones is no accident: a client may be made to fall back on it.
      const first = addresses[0];
      if (!first || !addresses.every(({ address }) => isAllowed(address))) return done(refusal(hostname), []);
      return options.all ? done(null, [...addresses]) : done(null, first.address, first.family);
    });
  };

/** Why an address must not be dialled that is written as one, which is never looked up; undefined when it may be. */
export function refusalOf(hostname: string, isAllowed: AddressPolicy): OutboundError | undefined {
  const host = hostname.replace(/^\[|\]$/g, "");
  return isIP(host) && !isAllowed(host) ? refusal(host) : undefined;
}

const refusal = (host: string): OutboundError =>
  new OutboundError(
    host,
    "refused",
    `${host} is at a private or reserved address: RINGDOWN_ALLOW_PRIVATE_URLS says which of these may be asked`,
  );
