import type { Address } from "../model/address.ts";
import type { Call } from "../model/call.ts";
import type { Conversation } from "../model/conversation.ts";
import { NIL_UUID } from "../model/identifier.ts";
import type { Message } from "../model/message.ts";
import type { ActiveflowRecord } from "../ports/activeflow-store.ts";
import type { CallScope } from "./call-scope.ts";
import type { ComputedVariables } from "./run-variables.ts";

export const DIGITS = "voipbin.call.digits";
/** What was said last. */
export const TRANSCRIBED = "voipbin.transcribe.text";
export const CALL_STATUS = "voipbin.call.status";

type Origin = Pick<
  ActiveflowRecord,
  "id" | "flow_id" | "reference_type" | "reference_id" | "reference_activeflow_id" | "complete_count"
>;

/** What every run knows about itself. */
export function activeflowVariables(origin: Origin): Record<string, string> {
  return {
    "voipbin.activeflow.id": origin.id,
    "voipbin.activeflow.flow_id": origin.flow_id ?? NIL_UUID,
    "voipbin.activeflow.reference_type": origin.reference_type,
    "voipbin.activeflow.reference_id": origin.reference_id ?? NIL_UUID,
    "voipbin.activeflow.reference_activeflow_id": origin.reference_activeflow_id ?? NIL_UUID,
    "voipbin.activeflow.complete_count": String(origin.complete_count),
  };
}

/** What a run knows about its call when it begins. */
export function callVariables(call: Call): Record<string, string> {
  return {
    "voipbin.call.id": call.id,
    "voipbin.call.direction": call.direction,
    "voipbin.call.master_call_id": call.master_call_id ?? NIL_UUID,
    [CALL_STATUS]: call.status,
    [DIGITS]: "",
    ...addressVariables("voipbin.call.source", call.source),
    ...addressVariables("voipbin.call.destination", call.destination),
  };
}

/** How many calls and texts of ours, each out of the one before, led to the text that a run is about. */
export const HOPS_VARIABLE = "voipbin.conversation_message.hops";

/** What a run knows that a text has started. */
export function conversationVariables(
  conversation: Conversation,
  message: Message,
  hops: number,
): Record<string, string> {
  return {
    "voipbin.conversation.id": conversation.id,
    "voipbin.conversation.owner_id": NIL_UUID,
    ...addressVariables("voipbin.conversation.self", conversation.self),
    ...addressVariables("voipbin.conversation.peer", conversation.peer),
    "voipbin.conversation_message.id": message.id,
    "voipbin.conversation_message.text": message.text,
    "voipbin.conversation_message.direction": message.direction,
    [HOPS_VARIABLE]: String(hops),
    "voipbin.flow.reference_data": JSON.stringify(conversation),
  };
}

/** What is made when it is read, because it would be stale or large when kept. */
export const computedVariables = (scope: CallScope): ComputedVariables => ({
  "voipbin.flow.reference_data": () => JSON.stringify(scope.call),
});

function addressVariables(prefix: string, address: Address): Record<string, string> {
  return {
    [`${prefix}.type`]: address.type,
    [`${prefix}.target`]: address.target,
    [`${prefix}.target_name`]: address.target_name ?? "",
    [`${prefix}.name`]: address.name ?? "",
    [`${prefix}.detail`]: address.detail ?? "",
  };
}
