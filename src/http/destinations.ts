import { type Fault, quote } from "../flow/fault.ts";
import { type Address, hostOfSipUri } from "../model/address.ts";
import type { Extension } from "../model/extension.ts";
import type { ExtensionStore } from "../ports/extension-store.ts";

type Extensions = Pick<ExtensionStore, "get" | "byName">;
type Resolved = { readonly address: Address; readonly faults: readonly Fault[] };

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whom to call, extensions by their number; and every fault of addresses that can't be dialled. */
export async function resolveDestinations(
  destinations: readonly Address[],
  customerId: string,
  extensions: Extensions,
): Promise<{ readonly addresses: readonly Address[]; readonly faults: readonly Fault[] }> {
  const resolved = await Promise.all(
    destinations.map((address, index) => resolve(address, `destinations[${index}]`, customerId, extensions)),
  );
  return { addresses: resolved.map(({ address }) => address), faults: resolved.flatMap(({ faults }) => faults) };
}

/** Who calls: an extension must be the customer's own, anything else is taken as it is. */
export async function resolveSource(source: Address, customerId: string, extensions: Extensions): Promise<Resolved> {
  return source.type === "extension"
    ? resolve(source, "source", customerId, extensions)
    : { address: source, faults: [] };
}

async function resolve(address: Address, path: string, customerId: string, extensions: Extensions): Promise<Resolved> {
  const { type, target } = address;
  if (type === "extension") {
    const extension = await findExtension(address, customerId, extensions);
    if (extension)
      return { address: { ...address, target: extension.id, target_name: extension.extension }, faults: [] };
    const field = target === "" && address.target_name ? "target_name" : "target";
    return refuse(address, `${path}.${field}`, "you have no extension", address[field] ?? "", "an extension of yours");
  }
  if (type !== "sip") {
    return refuse(address, `${path}.type`, "not available in this version:", type, "sip or extension");
  }
  if (hostOfSipUri(target)) return { address, faults: [] };
  return refuse(address, `${path}.target`, "this is no SIP URI:", target, "a URI like sip:user@host");
}

/** By its id or its number; those of other customers do not exist. */
export async function findExtension(
  { target, target_name }: Address,
  customerId: string,
  extensions: Extensions,
): Promise<Extension | undefined> {
  const named = target || (target_name ?? "");
  const byId = UUID.test(named) ? await extensions.get(named.toLowerCase(), customerId) : undefined;
  const extension = byId ?? (await extensions.byName(named));
  return extension?.customer_id === customerId ? extension : undefined;
}

const refuse = (address: Address, path: string, why: string, what: string, expected: string): Resolved => ({
  address,
  faults: [{ path, message: `${why} ${quote(what)}; give ${expected}`, expected, received: quote(what) }],
});
