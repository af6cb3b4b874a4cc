import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

/** Whether an address, as text, may be asked. */
export type AddressPolicy = (address: string) => boolean;

/** Where all public IPv6 is; ipaddr.js calls more than this unicast, `::7f00:1` for one. */
const PUBLIC_IPV6 = ipaddr.parseCIDR("2000::/3");
/** A public address that is the machine's own host at one large cloud, and answers with its secrets. */
const CLOUD_HOST = "168.63.129.16";

/** Public addresses only (`false`), every address (`true`), or public ones and those of a list of CIDRs. @throws Error */
export function addressPolicy(setting: string): AddressPolicy {
  if (setting === "true") return () => true;
  const allowed = setting === "false" ? [] : setting.split(",").map((text) => parseRange(text.trim()));
  return (text) => {
    // Stricter than ipaddr.js, to which `1.2.3` is an address too.
    if (isIP(text) === 0) return false;
    const address = ipaddr.process(text);
    return isPublic(address) || allowed.some((range) => contains(range, address));
  };
}

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Range = [Address, number];

function isPublic(address: Address): boolean {
  if (address.range() !== "unicast" || address.toString() === CLOUD_HOST) return false;
  return address.kind() === "ipv4" || contains(PUBLIC_IPV6, address);
}

function contains([network, bits]: Range, address: Address): boolean {
  return network.kind() === address.kind() && address.match(network, bits);
}

function parseRange(text: string): Range {
  try {
    return ipaddr.parseCIDR(text.includes("/") ? text : `${text}/${text.includes(":") ? 128 : 32}`);
  } catch (cause) {
    throw new Error(`"${text}" is not a range of addresses: write true, false or CIDRs such as 10.1.0.0/16`, { cause });
  }
}
