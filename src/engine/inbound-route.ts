/** Where a call from outside leads: by a number of the customer's, or by the id of a conference. */
import type { Action } from "../model/action.ts";
import { type Address, partyOf } from "../model/address.ts";
import { isOpen } from "../model/conference.ts";
import { uuidSchema } from "../model/identifier.ts";
import type { Ids } from "../ports/ids.ts";
import type { Storage } from "../ports/storage.ts";

/** What a call runs whose destination is known. */
export type InboundPlan = {
  readonly customerId: string;
  readonly flowId: string | null;
  readonly actions: readonly Action[];
  readonly onCompleteFlowId: string | null;
  readonly destination: Address;
};

/** Why a call can't be taken, and what to do about it; whose it would have been, if that is known. */
export type Nowhere = {
  readonly customerId: string;
  readonly destination: Address;
  readonly why: string;
  /** Whether it is somebody's number. */
  readonly isKnown: boolean;
};

type Services = {
  readonly storage: Pick<Storage, "numbers" | "flows" | "conferences" | "defaultCustomerId">;
  readonly ids: Ids;
};

/** A phone that knows types of addresses may name this one; the colon is an escaped one in SIP. */
const CONFERENCE = /^(?:conference:)?([0-9a-f-]{36})$/i;

/** Finds what a dialled string means. A conference's id is more than any prefix of numbers could mean. */
export async function inboundRoute(dialled: string, services: Services): Promise<InboundPlan | Nowhere> {
  return (await conferenceRoute(dialled, services)) ?? (await numberRoute(dialled, services));
}

async function conferenceRoute(dialled: string, { storage, ids }: Services): Promise<InboundPlan | undefined> {
  const { data: id } = uuidSchema.safeParse(CONFERENCE.exec(dialled)?.[1]?.toLowerCase());
  const conference = id === undefined ? undefined : await storage.conferences.get(id);
  if (!conference || !isOpen(conference)) return undefined;
  return {
    customerId: conference.customer_id,
    flowId: null,
    actions: [{ id: ids.next(), type: "conference_join", option: { conference_id: conference.id } }],
    onCompleteFlowId: null,
    destination: { type: "conference", target: conference.id, target_name: conference.name, name: "", detail: "" },
  };
}

async function numberRoute(dialled: string, { storage }: Services): Promise<InboundPlan | Nowhere> {
  const destination = partyOf(dialled, "");
  const number = await storage.numbers.route(dialled);
  const customerId = number?.customer_id ?? storage.defaultCustomerId;
  const nowhere = (why: string): Nowhere => ({ customerId, destination, why, isKnown: number !== undefined });
  if (!number) return nowhere("nobody has this number: POST /v1.0/numbers gives it a flow");
  if (!number.call_flow_id) return nowhere(`number ${number.number} has no flow for calls: give it a call_flow_id`);
  const flow = await storage.flows.get(number.call_flow_id, customerId);
  if (!flow) return nowhere(`the flow of number ${number.number} is gone: give it another call_flow_id`);
  const { id: flowId, actions, on_complete_flow_id: onCompleteFlowId } = flow;
  return { customerId, flowId, actions, onCompleteFlowId, destination };
}
