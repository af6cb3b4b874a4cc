/** From addresses to what the switch can dial, and to whom the other side is to see. */
import type { Logger } from "pino";
import { type Address, hostOfSipUri } from "../../model/address.ts";
import type { DialTarget } from "../../model/dial-target.ts";
import type { Extension } from "../../model/extension.ts";
import type { DialFault, GroupLeg, GroupLine } from "../../model/groupcall.ts";
import { Cause } from "../../model/hangup.ts";
import { isTelephoneNumber } from "../../model/telephone.ts";
import type { Ids } from "../../ports/ids.ts";
import type { Phones } from "../../ports/phones.ts";
import type { Storage } from "../../ports/storage.ts";
import { callerIdFor, isAllowed, routesFor } from "./routes.ts";

/** Whose call it is, and who calls. */
export type Caller = { readonly customerId: string; readonly source: Address };

export type DialPlan = {
  /** Who calls, as the other side is to see it: an extension by its number, an agent by name. */
  readonly source: Address;
  /** For each address whom to ring, in which order; what can't be dialled becomes a leg that says why. */
  readonly lines: readonly GroupLine[];
};

type Services = {
  readonly storage: Storage;
  readonly phones: Phones;
  /** Prefixes of the telephone numbers that may be dialled. */
  readonly allowed: readonly string[];
  readonly ids: Ids;
  readonly log: Logger;
};

export interface Destinations {
  plan(addresses: readonly Address[], caller: Caller): Promise<DialPlan>;
}

/** How long to wait for the switch to say which phones are registered. */
const PHONES_LIMIT_MS = 5_000;

export function createDestinations({ storage, phones, allowed, ids, log }: Services): Destinations {
  const leg = (destination: Address, targets: readonly DialTarget[], fault?: DialFault): GroupLeg => {
    const made = { callId: ids.next(), activeflowId: ids.next(), destination, targets };
    return fault ? { ...made, fault } : made;
  };
  const unreachable = (destination: Address, why: string, cause: number): GroupLine => [
    [leg(destination, [], { why, cause })],
  ];

  async function extensionOf({ target, target_name }: Address, customerId: string): Promise<Extension | undefined> {
    const found =
      (target && (await storage.extensions.get(target, customerId))) ||
      (await storage.extensions.byName(target_name || target));
    return found && found.customer_id === customerId ? found : undefined;
  }

  /** What the customer does not have stays as it was written. */
  async function sourceOf({ source, customerId }: Caller): Promise<Address> {
    if (source.type === "extension") {
      const found = await extensionOf(source, customerId);
      return found ? seenAs(source, { ...found, number: found.extension }) : source;
    }
    const agent = source.type === "agent" ? await storage.agents.get(source.target, customerId) : undefined;
    return agent ? seenAs(source, { ...agent, number: agent.name }) : source;
  }

  async function extensionLine(address: Address, { customerId }: Caller): Promise<GroupLine> {
    const found = await extensionOf(address, customerId);
    if (!found) return unreachable(address, "you have no such extension", Cause.UNALLOCATED_NUMBER);
    const named = { ...address, target: found.id, target_name: found.extension };
    const uris = await phones.of(found.extension, AbortSignal.timeout(PHONES_LIMIT_MS)).catch((error) => {
      log.error({ err: error, extension: found.extension }, "no way to ask for registered phones");
    });
    if (!uris) return unreachable(named, "its phones could not be looked up", Cause.NETWORK_OUT_OF_ORDER);
    if (uris.length === 0) return unreachable(named, "no phone is registered there", Cause.SUBSCRIBER_ABSENT);
    return [uris.map((uri) => leg(named, [{ kind: "phone", extension: found.extension, uri }]))];
  }

  async function numberLine(address: Address, { customerId, source }: Caller): Promise<GroupLine> {
    const { target: number } = address;
    if (!isTelephoneNumber(number)) {
      return unreachable(address, "a telephone number is written like +4930123456", Cause.INVALID_NUMBER);
    }
    if (!isAllowed(number, allowed)) {
      const why = "RINGDOWN_OUTBOUND_ALLOW has no prefix of this number: add one, and start again";
      return unreachable(address, why, Cause.CALL_REJECTED);
    }
    const trunks = routesFor(number, await storage.trunks.ofCustomer(customerId));
    if (trunks.length === 0) {
      const why =
        "no trunk leads to this number: add one (POST /trunks), or a prefix of the number to one that you have";
      return unreachable(address, why, Cause.NO_ROUTE);
    }
    const owned = await ownedNumbers(source, customerId);
    const targets = trunks.map((trunk) => ({
      kind: "trunk" as const,
      trunk_id: trunk.id,
      number,
      caller: callerIdFor(source, trunk, owned),
    }));
    return [[leg(address, targets)]];
  }

  /** Of the customer's numbers, the one that the source may be. */
  async function ownedNumbers({ type, target }: Address, customerId: string): Promise<readonly string[]> {
    if (type !== "tel") return [];
    const found = await storage.numbers.route(target);
    return found?.customer_id === customerId && found.number === target ? [target] : [];
  }

  async function agentLine(address: Address, caller: Caller): Promise<GroupLine> {
    const agent = await storage.agents.get(address.target, caller.customerId);
    if (!agent) return unreachable(address, "you have no such agent", Cause.UNALLOCATED_NUMBER);
    if (agent.addresses.length === 0) {
      return unreachable(address, "this agent has no address: give it one", Cause.SUBSCRIBER_ABSENT);
    }
    const lines = await Promise.all(agent.addresses.map((one) => lineTo(one, caller)));
    return agent.ring_method === "linear" ? lines.flat() : [lines.flat(2)];
  }

  function lineTo(address: Address, caller: Caller): GroupLine | Promise<GroupLine> {
    const { type, target } = address;
    if (type === "extension") return extensionLine(address, caller);
    if (type === "tel") return numberLine(address, caller);
    if (type === "agent") return agentLine(address, caller);
    if (type !== "sip") return unreachable(address, `an address of type ${type} can't be called`, Cause.INVALID_NUMBER);
    return hostOfSipUri(target) === undefined
      ? unreachable(address, "a SIP address is a URI like sip:user@host", Cause.INVALID_NUMBER)
      : [[leg(address, [{ kind: "sip", uri: target }])]];
  }

  return {
    async plan(addresses, { customerId, source: given }) {
      const source = await sourceOf({ customerId, source: given });
      return { source, lines: await Promise.all(addresses.map((one) => lineTo(one, { customerId, source }))) };
    },
  };
}

type Party = { readonly id: string; readonly name: string; readonly number: string };

const seenAs = (source: Address, { id, name, number }: Party): Address => ({
  ...source,
  target: id,
  target_name: number,
  ...(source.name || name ? { name: source.name || name } : {}),
});
