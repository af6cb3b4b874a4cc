import type { Fault } from "../flow/fault.ts";
import { type FlowVerdict, type SoundFlow, validateFlow } from "../flow/validate.ts";
import { Problem } from "./problem.ts";
import type { HttpServices } from "./services.ts";

type Parts = Pick<HttpServices, "catalogue" | "ids">;

/** What is wrong and what is doubtful in something that was sent as a flow. */
export const findFaults = (document: unknown, parts: Parts): FlowVerdict => validateFlow(document, partsOf(parts));

/** A flow that can run, and what is doubtful in it. @throws Problem with every error */
export function checkFlow(document: unknown, parts: Parts): { flow: SoundFlow; warnings: readonly Fault[] } {
  const { flow, errors, warnings } = findFaults(document, parts);
  if (!flow) throw invalidFlow(errors);
  return { flow, warnings };
}

const partsOf = ({ catalogue, ids }: Parts) => ({ catalogue, nextId: () => ids.next() });

const invalidFlow = (errors: readonly Fault[]): Problem =>
  new Problem("INVALID_FLOW", `the flow has ${errors.length === 1 ? "an error" : `${errors.length} errors`}`, errors);
