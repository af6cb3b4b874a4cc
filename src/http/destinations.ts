import { type Fault, quote } from "../flow/fault.ts";
import { type Address, hostOfSipUri } from "../model/address.ts";
import type { Extension } from "../model/extension.ts";
import { isTelephoneNumber } from "../model/telephone.ts";
import type { Storage } from "../ports/storage.ts";

type Services = { readonly storage: Pick<Storage, "extensions" | "agents"> };
type Resolved = { readonly address: Address; readonly faults: readonly Fault[] };
type Resolve = (address: Address, path: string, customerId: string, services: Services) => Resolved | Promise<Resolved>;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whom to call, extensions by their number; and every fault of addresses that can't be dialled. */
export async function resolveDestinations(
  destinations: readonly Address[],
  customerId: string,
  services: Services,
): Promise<{ readonly addresses: readonly Address[]; readonly faults: readonly Fault[] }> {
  const resolved = await Promise.all(
    destinations.map((address, index) => resolve(address, `destinations[${index}]`, customerId, services)),
  );
  return { addresses: resolved.map(({ address }) => address), faults: resolved.flatMap(({ faults }) => faults) };
}

/** Who calls: an extension or an agent must be the customer's own, anything else is taken as it is. */
export async function resolveSource(source: Address, customerId: string, services: Services): Promise<Resolved> {
  const isOwn = source.type === "extension" || source.type === "agent";
  return isOwn ? resolve(source, "source", customerId, services) : { address: source, faults: [] };
}

const resolve: Resolve = (address, path, customerId, services) => {
  const resolver = RESOLVERS[address.type];
  if (resolver) return resolver(address, path, customerId, services);
  const dialable = Object.keys(RESOLVERS).join(", ");
  return refuse(address, `${path}.type`, "nobody can call an address of type", address.type, `one of ${dialable}`);
};

const resolveExtension: Resolve = async (address, path, customerId, services) => {
  const extension = await findExtension(address, customerId, services.storage.extensions);
  if (extension) {
    return { address: { ...address, target: extension.id, target_name: extension.extension }, faults: [] };
  }
  const field = address.target === "" && address.target_name ? "target_name" : "target";
  return refuse(address, `${path}.${field}`, "you have no extension", address[field] ?? "", "an extension of yours");
};

const RESOLVERS: Readonly<Partial<Record<Address["type"], Resolve>>> = {
  sip: (address, path) =>
    hostOfSipUri(address.target)
      ? { address, faults: [] }
      : refuse(address, `${path}.target`, "this is no SIP URI:", address.target, "a URI like sip:user@host"),
  tel: (address, path) =>
    isTelephoneNumber(address.target)
      ? { address, faults: [] }
      : refuse(address, `${path}.target`, "this is no number in E.164:", address.target, "a number like +4930123456"),
  extension: resolveExtension,
  agent: async (address, path, customerId, { storage }) => {
    const id = address.target.toLowerCase();
    const agent = UUID.test(id) ? await storage.agents.get(id, customerId) : undefined;
    if (agent) return { address: { ...address, target: agent.id }, faults: [] };
    return refuse(address, `${path}.target`, "you have no agent", address.target, "the id of an agent of yours");
  },
};

/** By its id or its number; those of other customers do not exist. */
export async function findExtension(
  { target, target_name }: Address,
  customerId: string,
  extensions: Pick<Storage["extensions"], "get" | "byName">,
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
