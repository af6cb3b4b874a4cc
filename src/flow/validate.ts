import { z } from "zod";
import type { Action } from "../model/action.ts";
import { type FlowDocument, flowDocumentSchema } from "../model/flow.ts";
import { NIL_UUID } from "../model/identifier.ts";
import { type Fault, quote } from "./fault.ts";
import type { Mention } from "./mention.ts";
import { faultsOf, valueAt } from "./option-faults.ts";
import { shapeFault } from "./shape.ts";
import { type ListVerdict, type ValidationParts, validateList } from "./validate-list.ts";

/** A flow that can run: every action has an id, every option is right as far as can be known. */
export type SoundFlow = Omit<FlowDocument, "actions"> & { readonly actions: readonly Action[] };

/** Every fault at once; a flow only when there is no error. */
export type FlowVerdict = {
  readonly errors: readonly Fault[];
  readonly warnings: readonly Fault[];
  readonly mentions: readonly Mention[];
  readonly flow?: SoundFlow;
};

/** Most actions of one list. */
export const MAXIMUM_ACTIONS = 1000;

type Parts = Omit<ValidationParts, "maximumActions"> & Partial<ValidationParts>;

const envelopeSchema = flowDocumentSchema.extend({ actions: z.unknown().optional() });

/** Checks whatever somebody sent as a flow. Never throws. */
export function validateFlow(document: unknown, parts: Parts): FlowVerdict {
  const unfit = shapeFault(document) ?? notAnObject(document);
  if (unfit) return { errors: [unfit], warnings: [], mentions: [] };
  const envelope = envelopeSchema.safeParse(document);
  const written = valueAt(document, ["actions"]);
  const { errors, warnings, mentions, actions } = validateList(written, ["actions"], {
    maximumActions: MAXIMUM_ACTIONS,
    ...parts,
  });
  if (!envelope.success) {
    return { errors: [...faultsOf(envelope.error, document, flowDocumentSchema, []), ...errors], warnings, mentions };
  }
  if (errors.length > 0) return { errors, warnings, mentions };
  const { on_complete_flow_id, ...rest } = envelope.data;
  const after = on_complete_flow_id === NIL_UUID ? null : on_complete_flow_id;
  return { errors, warnings, mentions, flow: { ...rest, on_complete_flow_id: after, actions } };
}

/** Checks a list that comes without a flow around it. Never throws. */
export function validateActions(list: unknown, parts: Parts): ListVerdict {
  const unfit = shapeFault(list);
  if (unfit) return { errors: [unfit], warnings: [], mentions: [], actions: [] };
  return validateList(list, ["actions"], { maximumActions: MAXIMUM_ACTIONS, ...parts });
}

function notAnObject(document: unknown): Fault | undefined {
  if (typeof document === "object" && document !== null && !Array.isArray(document)) return undefined;
  const expected = "an object with a list of actions";
  return {
    path: "",
    message: `a flow must be ${expected}, not ${quote(document)}`,
    expected,
    received: quote(document),
  };
}
