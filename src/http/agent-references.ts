/** What a body about agents names, as the customer has it. */
import { type Fault, quote } from "../flow/fault.ts";
import { nearest } from "../flow/nearest.ts";
import { type Address, hostOfSipUri } from "../model/address.ts";
import type { Agent } from "../model/agent.ts";
import { isTelephoneNumber } from "../model/telephone.ts";
import type { Storage } from "../ports/storage.ts";
import { findExtension } from "./destinations.ts";
import { Problem } from "./problem.ts";

type Stores = Pick<Storage, "extensions" | "tags">;
type Named = { readonly addresses?: readonly Address[] | undefined; readonly tag_ids?: readonly string[] | undefined };
type Resolved<T> = { readonly value: T; readonly faults: readonly Fault[] };

/** Those of the fields that are given, as they are stored. @throws Problem with every fault */
export async function resolveAgent(
  { addresses, tag_ids }: Named,
  customerId: string,
  stores: Stores,
): Promise<Partial<Pick<Agent, "addresses" | "tag_ids">>> {
  const reached = addresses && (await resolveAddresses(addresses, customerId, stores));
  const tagged = tag_ids && (await resolveTags(tag_ids, customerId, stores));
  const faults = [...(reached?.faults ?? []), ...(tagged?.faults ?? [])];
  if (faults.length > 0) throw new Problem("INVALID_BODY", "the body is not valid", faults);
  return { ...(reached && { addresses: reached.value }), ...(tagged && { tag_ids: tagged.value }) };
}

async function resolveAddresses(
  addresses: readonly Address[],
  customerId: string,
  stores: Stores,
): Promise<Resolved<Address[]>> {
  const resolved = await Promise.all(
    addresses.map((address, index) => resolveAddress(address, `addresses[${index}]`, customerId, stores)),
  );
  return { value: resolved.map(({ value }) => value), faults: resolved.flatMap(({ faults }) => faults) };
}

async function resolveAddress(
  address: Address,
  path: string,
  customerId: string,
  { extensions }: Stores,
): Promise<Resolved<Address>> {
  const { type, target } = address;
  const refused = (field: "type" | "target" | "target_name", why: string, expected: string, like?: string) => {
    const received = quote(address[field]);
    const advice = like === undefined ? `give ${expected}` : `did you mean ${quote(like)}?`;
    const fault = { path: `${path}.${field}`, message: `${why} ${received}; ${advice}`, expected, received };
    return { value: address, faults: [like === undefined ? fault : { ...fault, nearest: like }] };
  };
  const sound = { value: address, faults: [] };
  if (type === "sip") {
    return hostOfSipUri(target) ? sound : refused("target", "this is no SIP URI:", "a URI like sip:user@host");
  }
  if (type === "tel") {
    return isTelephoneNumber(target)
      ? sound
      : refused("target", "this is no telephone number:", "a number in E.164, such as +4930123456");
  }
  if (type !== "extension") return refused("type", "an agent can't be reached by", "sip, extension or tel");
  const extension = await findExtension(address, customerId, extensions);
  if (extension) {
    return { value: { ...address, target: extension.id, target_name: extension.extension }, faults: [] };
  }
  const field = target === "" && address.target_name ? "target_name" : "target";
  const known = (await extensions.ofCustomer(customerId)).map(({ extension: number }) => number);
  return refused(field, "you have no extension", "an extension of yours", nearest(address[field] ?? "", known));
}

/** Each tag once; for what is no id, the tag of that name is the nearest. */
export async function resolveTags(
  tagIds: readonly string[],
  customerId: string,
  { tags }: Stores,
): Promise<Resolved<string[]>> {
  const known = await tags.ofCustomer(customerId);
  const ids = new Set(known.map(({ id }) => id));
  const faults = tagIds.flatMap((given, index): readonly Fault[] => {
    if (ids.has(given.toLowerCase())) return [];
    const name = nearest(
      given,
      known.map((tag) => tag.name),
    );
    const like = known.find((tag) => tag.name === name);
    const advice = like ? `did you mean ${like.id}, ${quote(like.name)}?` : "GET /tags lists yours";
    const received = quote(given);
    const fault = { path: `tag_ids[${index}]`, message: `you have no tag ${received}; ${advice}`, received };
    return [{ ...fault, expected: "the id of a tag of yours", ...(like && { nearest: like.id }) }];
  });
  return { value: [...new Set(tagIds.map((id) => id.toLowerCase()))], faults };
}
