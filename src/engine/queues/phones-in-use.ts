/** Which calls the phones of agents are in, whoever made them. */
import type { Address } from "../../model/address.ts";
import type { Agent } from "../../model/agent.ts";
import type { Call } from "../../model/call.ts";

export type PhonesInUse = ReturnType<typeof createPhonesInUse>;

export function createPhonesInUse() {
  const calls = new Map<string, Set<Call>>();

  return {
    begin(call: Call): void {
      for (const name of namesIn(call)) calls.set(name, (calls.get(name) ?? new Set()).add(call));
    },
    /** Of the same record that was begun. */
    end(call: Call): void {
      for (const name of namesIn(call)) {
        const there = calls.get(name);
        there?.delete(call);
        if (there?.size === 0) calls.delete(name);
      }
    },
    callsOf: (agent: Agent): readonly Call[] => namesOf(agent).flatMap((name) => [...(calls.get(name) ?? [])]),
    /** Tells of an agent whether one of its phones is in this call. */
    ownersIn(call: Call): (agent: Agent) => boolean {
      const names = namesIn(call);
      return (agent) => namesOf(agent).some((name) => names.includes(name));
    },
  };
}

const namesOf = ({ customer_id, addresses }: Agent) => addresses.flatMap((address) => partyNames(customer_id, address));

/** Of the party at the far end. */
const namesIn = ({ customer_id, direction, source, destination }: Call) =>
  partyNames(customer_id, direction === "incoming" ? source : destination);

/** Whatever the type is: a phone that calls from its extension is known by the extension's number alone. */
const partyNames = (customerId: string, { target, target_name = "" }: Address): readonly string[] =>
  [target, target_name].filter((name) => name !== "").map((name) => `${customerId} ${name.toLowerCase()}`);
