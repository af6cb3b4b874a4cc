import { type Address, hostOfSipUri } from "../model/address.ts";
import { isTelephoneNumber } from "../model/telephone.ts";
import { quote } from "./fault.ts";
import { hasPlaceholder } from "./variables.ts";

/** What can be rung, and what its target must be, as far as that can be told without the storage. */
const DIALABLE: Readonly<Partial<Record<Address["type"], { is: (target: string) => boolean; expected: string }>>> = {
  sip: { is: (target) => hostOfSipUri(target) !== undefined, expected: "a URI like sip:user@host" },
  tel: { is: isTelephoneNumber, expected: "a number in E.164, such as +4930123456" },
  extension: { is: () => true, expected: "an extension" },
  agent: { is: () => true, expected: "an agent" },
};

/** A doubt about an option `destinations`, when some of them can never be rung: the others still are. */
export function doubtsOfDestinations({ destinations }: { readonly destinations: readonly Address[] }): {
  readonly [field: string]: string;
} {
  const doubts = destinations.flatMap(({ type, target }, index) => {
    const dialable = DIALABLE[type];
    if (!dialable) return [`[${index}] is of type ${type}, which nobody can call`];
    if (hasPlaceholder(target) || dialable.is(target)) return [];
    return [`[${index}] is ${quote(target)}, which can't be called; give ${dialable.expected}`];
  });
  return doubts.length === 0 ? {} : { destinations: `destinations${doubts.join("; destinations")}` };
}
