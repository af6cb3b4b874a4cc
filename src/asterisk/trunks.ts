/**
 * Trunks: endpoints through which carriers are called, and by whose addresses they are known when they call.
 *
 * 1. The endpoint is made first and removed last: what has one is found again, whatever a crash left unfinished.
 * 2. Calls are taken from the addresses of the carrier's host, and by the line that a registration told the carrier.
 */
import type { Carrier, Carriers } from "../ports/carriers.ts";
import { TelephonyError } from "../ports/telephony.ts";
import type { AccountSettings } from "./accounts.ts";
import type { ResolveHost } from "./resolve-host.ts";
import { type SipValues, sipObjects } from "./sip-objects.ts";
import { trunkIdOf, trunkName } from "./trunk-name.ts";

/** Each is an object of its own: of one with several addresses, Asterisk's database keeps one. */
const MAX_ADDRESSES = 8;

export type TrunkSettings = AccountSettings & { readonly resolve: ResolveHost };

/** Needs `endpoint`, `auth`, `aor`, `identify` and `registration` mapped to `astdb` in `sorcery.conf`. */
export function asteriskTrunks({ connection, sipAddress, resolve }: TrunkSettings): Carriers {
  const objects = sipObjects(connection);

  /** With new credentials Asterisk registers at once: it would wait long for its next try with the old ones. */
  async function putCredentials(name: string, carrier: Carrier): Promise<void> {
    const { username, password, register } = carrier;
    if (username === null) await objects.erase("auth", name);
    const isNew =
      username !== null &&
      (await objects.replace("auth", name, { auth_type: "userpass", username, password: password ?? "" }));
    if (isNew || !register) await objects.erase("registration", name);
    if (register) await objects.replace("registration", name, registrationOf(carrier));
  }

  /** @throws TelephonyError `unavailable` when the name leads nowhere now. */
  async function addressesOf(host: string): Promise<readonly string[]> {
    try {
      // Sorted, because name servers rotate them.
      return [...new Set(await resolve(host))].toSorted().slice(0, MAX_ADDRESSES);
    } catch (cause) {
      throw new TelephonyError("unavailable", "putTrunk", `the name ${host} leads to no address now`, { cause });
    }
  }

  async function putIdentities(name: string, port: number, addresses: readonly string[]): Promise<void> {
    for (const [index, address] of addresses.entries()) {
      await objects.replace("identify", identityName(name, index), { endpoint: name, match: matchOf(address, port) });
    }
    await eraseIdentities(name, addresses.length);
  }

  async function eraseIdentities(name: string, first: number): Promise<void> {
    for (let index = first; index < MAX_ADDRESSES; index++) await objects.erase("identify", identityName(name, index));
  }

  return {
    async put(carrier) {
      const name = trunkName(carrier.name);
      await objects.write("endpoint", name, endpointOf(carrier, sipAddress));
      await objects.replace("aor", name, { contact: uriOf(carrier) });
      await putCredentials(name, carrier);
      await putIdentities(name, carrier.port, await addressesOf(carrier.host));
    },
    async remove(trunkId) {
      const name = trunkName(trunkId);
      await objects.erase("registration", name);
      await eraseIdentities(name, 0);
      for (const objectType of ["aor", "auth", "endpoint"]) await objects.erase(objectType, name);
    },
    names: async () => (await objects.endpoints()).flatMap((endpoint) => trunkIdOf(endpoint) ?? []),
  };
}

/** What Asterisk dials for a telephone number through a trunk. */
export const trunkEndpoint = (trunkId: string, number: string): string => `PJSIP/${number}@${trunkName(trunkId)}`;

/** Identities are looked at in the order of their names: a trunk's come before `loopback`, which is all of this machine. */
const identityName = (name: string, index: number): string => `carrier-${name}.${index}`;

const isLoopback = (address: string): boolean => address.startsWith("127.");

/**
 * On this machine, where every program has the same address, a trunk is known by its port too; the others stay callers
 * of `[loopback]`. Elsewhere the port of a carrier's requests is not always the one that it is called at. As Asterisk
 * writes it, for comparing.
 */
const matchOf = (address: string, port: number): string =>
  `${isLoopback(address) ? `${address}:${port}` : address}/255.255.255.255`;

const uriOf = ({ host, port, transport }: Carrier): string =>
  `sip:${host}:${port}${transport === "udp" ? "" : `;transport=${transport}`}`;

function endpointOf(carrier: Carrier, sipAddress: string | undefined): SipValues {
  const { name, host, username, from_user, from_domain } = carrier;
  const ownAddress = isLoopback(host) ? (sipAddress ?? "127.0.0.1") : sipAddress;
  return {
    context: "inbound",
    // The other one would take texts for calls.
    message_context: "ringdown-texts",
    aors: trunkName(name),
    // Empty values too, everywhere here: what is left out would stay as it was.
    outbound_auth: username === null ? "" : trunkName(name),
    // By its address: naming the trunk in a From header gains nothing.
    identify_by: "ip",
    from_user: from_user ?? "",
    from_domain: from_domain ?? host,
    disallow: "all",
    allow: "ulaw,alaw,g722,opus",
    // Keys by RFC 4733, and as tones with those who offer none.
    dtmf_mode: "auto",
    // Audio stays with Asterisk: prompts, keys and recordings need it.
    direct_media: "no",
    // Who transfers would take the other side out of its flow.
    allow_transfer: "no",
    rtp_symmetric: "yes",
    force_rport: "yes",
    // A carrier knows its own address, and may want to be reached at another than it calls from.
    rewrite_contact: "no",
    // Who calls is told by P-Asserted-Identity, in both directions.
    send_pai: "yes",
    // As with accounts: a call stays the call that it was.
    send_connected_line: "no",
    trust_id_inbound: "yes",
    media_address: ownAddress ?? "",
  };
}

/** Calls come in for the username; a carrier that is away, or refuses, is asked again for ever. */
function registrationOf(carrier: Carrier): SipValues {
  const { name, host, username, from_domain } = carrier;
  const user = encodeURIComponent(username ?? "");
  return {
    endpoint: trunkName(name),
    outbound_auth: trunkName(name),
    server_uri: uriOf(carrier),
    client_uri: `sip:${user}@${from_domain ?? host}`,
    contact_user: user,
    // A call that comes in by this registration shows it: the carrier may call from another address.
    line: "true",
    expiration: "600",
    max_random_initial_delay: "0",
    retry_interval: "30",
    max_retries: "1000000",
    auth_rejection_permanent: "false",
    forbidden_retry_interval: "300",
    fatal_retry_interval: "300",
  };
}
