import type { Fault } from "../flow/fault.ts";
import { type SoundFlow, validateFlow } from "../flow/validate.ts";
import { doubtsOfMentions } from "./mentions.ts";
import { Problem } from "./problem.ts";
import type { HttpServices } from "./services.ts";

type Parts = Pick<HttpServices, "catalogue" | "ids" | "storage">;
type Verdict = { readonly errors: readonly Fault[]; readonly warnings: readonly Fault[]; readonly flow?: SoundFlow };

/** What is wrong and what is doubtful in something that this customer sent as a flow. */
export async function findFaults(
  document: unknown,
  customerId: string,
  { catalogue, ids, storage }: Parts,
): Promise<Verdict> {
  const { mentions, warnings, ...verdict } = validateFlow(document, { catalogue, nextId: () => ids.next() });
  return { ...verdict, warnings: [...warnings, ...(await doubtsOfMentions(mentions, customerId, storage))] };
}

/** A flow that can run, and what is doubtful in it. @throws Problem with every error */
export async function checkFlow(
  document: unknown,
  customerId: string,
  parts: Parts,
): Promise<{ flow: SoundFlow; warnings: readonly Fault[] }> {
  const { flow, errors, warnings } = await findFaults(document, customerId, parts);
  if (!flow) throw invalidFlow(errors);
  return { flow, warnings };
}

const invalidFlow = (errors: readonly Fault[]): Problem =>
  new Problem("INVALID_FLOW", `the flow has ${errors.length === 1 ? "an error" : `${errors.length} errors`}`, errors);
