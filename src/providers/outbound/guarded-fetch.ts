import { Agent, fetch as undiciFetch } from "undici";
import type { AddressPolicy } from "./address-policy.ts";
import { guardedConnector } from "./guarded-connector.ts";

const CONNECT_TIMEOUT_MS = 5_000;
/** A model thinks before its first word, and some between two. */
const SILENCE_TIMEOUT_MS = 120_000;

/** `fetch` for packages that want one, to allowed addresses only and without redirects; close it at the end. */
export function guardedFetch(isAllowed: AddressPolicy): { fetch: typeof fetch; close(): Promise<void> } {
  const dispatcher = new Agent({
    connect: guardedConnector(isAllowed, CONNECT_TIMEOUT_MS),
    headersTimeout: SILENCE_TIMEOUT_MS,
    bodyTimeout: SILENCE_TIMEOUT_MS,
  });
  const guarded = (input: string | URL, init?: object) =>
    undiciFetch(input, { ...init, redirect: "error", dispatcher });
  return {
    // Node's own is the same code of another version, and has the same types but for their names.
    fetch: guarded as unknown as typeof fetch,
    close: () => dispatcher.destroy(),
  };
}
