import type { Fault } from "../flow/fault.ts";
import type { Address } from "../model/address.ts";
import { resolveDestinations } from "./destinations.ts";
import type { HttpServices } from "./services.ts";

/** Types of address that a text can go to. */
const TYPES: readonly Address["type"][] = ["tel", "sip", "extension"];

/** Whom to write to, extensions by their number; and every fault of addresses that no text can go to. */
export async function resolveRecipients(
  recipients: readonly Address[],
  customerId: string,
  services: Pick<HttpServices, "storage">,
): Promise<{ readonly addresses: readonly Address[]; readonly faults: readonly Fault[] }> {
  const faults = recipients.flatMap(({ type }, index): readonly Fault[] => {
    if (TYPES.includes(type)) return [];
    const expected = TYPES.join(" or ");
    const message = `a text can't go to an address of type "${type}"; give ${expected}`;
    return [{ path: `destinations[${index}].type`, message, expected, received: `"${type}"` }];
  });
  return faults.length > 0 ? { addresses: [], faults } : resolveDestinations(recipients, customerId, services);
}
