import { z } from "zod";
import type { Fault } from "../flow/fault.ts";
import { validateActions } from "../flow/validate.ts";
import { isSystemVariable } from "../flow/variables.ts";
import { type Action, actionDocumentSchema } from "../model/action.ts";
import { optionalFlowIdSchema } from "../model/flow.ts";
import { flowReference, unknownFlows } from "./flow-references.ts";
import { Problem } from "./problem.ts";
import type { Reason } from "./reasons.ts";
import { found } from "./routes/resource.ts";
import type { HttpServices } from "./services.ts";

const variableName = z.string().refine((name) => !isSystemVariable(name), "a name that the system does not set itself");

/** What every body has that starts runs. */
export const runnableFields = {
  flow_id: optionalFlowIdSchema.describe("The flow to run; or give `actions`."),
  actions: z.array(actionDocumentSchema).optional().describe("What to run, checked as a flow is."),
  variables: z.record(variableName, z.string()).default({}).describe("What the run knows from its start."),
  on_complete_flow_id: optionalFlowIdSchema.describe("Flow that runs when the run has ended; of `actions` only."),
};

const runnableSchema = z.object(runnableFields);
type Runnable = Pick<z.output<typeof runnableSchema>, "flow_id" | "actions" | "on_complete_flow_id">;

/** What a new run runs; `flowId` is null when the actions came with the request. */
export type Plan = {
  readonly flowId: string | null;
  readonly actions: readonly Action[];
  readonly onCompleteFlowId: string | null;
};

type Services = Pick<HttpServices, "storage" | "catalogue" | "ids">;

/**
 * The actions that a body asks for, by a flow of the customer's or themselves.
 * @throws Problem with every fault, `others` among them
 */
export async function planOf(
  body: Runnable,
  customerId: string,
  { storage, catalogue, ids }: Services,
  others: readonly Fault[] = [],
): Promise<Plan> {
  const flowId = flowReference(body.flow_id);
  requireOne(flowId, body.actions, others);
  const onCompleteFlowId = flowReference(body.on_complete_flow_id);
  const named = { flow_id: flowId, on_complete_flow_id: onCompleteFlowId };
  const unknown = await unknownFlows(storage.flows, customerId, named);
  const parts = { catalogue, nextId: () => ids.next() };
  const { errors, actions } = flowId === null ? validateActions(body.actions, parts) : NOTHING;
  const faults = [...others, ...unknown, ...errors];
  if (faults.length > 0) throw new Problem(reasonOf(unknown, errors), "the body is not valid", faults);
  if (flowId === null) return { flowId, actions, onCompleteFlowId };
  const flow = found(await storage.flows.get(flowId, customerId), "flow");
  return { flowId, actions: flow.actions, onCompleteFlowId: flow.on_complete_flow_id };
}

const NOTHING = { errors: [], actions: [] };

/** Both at once would leave one of them ignored in silence. */
function requireOne(flowId: string | null, actions: unknown, others: readonly Fault[]): void {
  const given = Number(flowId !== null) + Number(actions !== undefined);
  if (given === 1) return;
  const message = given === 0 ? "give flow_id or actions" : "give flow_id or actions, not both";
  throw new Problem("INVALID_BODY", message, [{ path: "", message, expected: "one of: flow_id, actions" }, ...others]);
}

function reasonOf(unknown: readonly Fault[], wrong: readonly Fault[]): Reason {
  if (wrong.length > 0) return "INVALID_FLOW";
  return unknown.length > 0 ? "UNKNOWN_FLOW" : "INVALID_BODY";
}
