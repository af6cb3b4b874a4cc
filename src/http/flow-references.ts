import type { Fault } from "../flow/fault.ts";
import { NIL_UUID } from "../model/identifier.ts";
import type { Storage } from "../ports/storage.ts";
import { Problem } from "./problem.ts";

/** Flows that a body names, by the path where it does. */
type Named = Readonly<Record<string, string | null | undefined>>;

/** The id of a flow as it is stored: absent, empty and all zeros all mean none. */
export const flowReference = (id: string | null | undefined): string | null =>
  id && id !== NIL_UUID ? id.toLowerCase() : null;

/** Refuses a body that names a flow which the customer does not have; tells every such field. */
export async function requireFlows(flows: Storage["flows"], customerId: string, named: Named): Promise<void> {
  const faults = await unknownFlows(flows, customerId, named);
  if (faults.length > 0) throw new Problem("UNKNOWN_FLOW", "the body names a flow that you do not have", faults);
}

/** The fields that name a flow which the customer does not have. */
export async function unknownFlows(
  flows: Storage["flows"],
  customerId: string,
  named: Named,
): Promise<readonly Fault[]> {
  const faults = await Promise.all(
    Object.entries(named).map(async ([path, id]): Promise<readonly Fault[]> => {
      if (!id || (await flows.get(id, customerId))) return [];
      return [{ path, message: `you have no flow ${id}`, expected: "the id of a flow of yours", received: id }];
    }),
  );
  return faults.flat();
}
