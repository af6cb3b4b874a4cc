import { bridgeIdOf, type Confbridge } from "./confbridge.ts";
import type { Conference } from "./conference.ts";

type Common = { readonly id: string; readonly customer_id: string; readonly tm_create: string };

export const newConfbridge = (
  { id, customer_id, tm_create }: Common,
  type: Confbridge["type"],
  conferenceId: string | null = null,
): Confbridge => ({
  id,
  customer_id,
  type,
  status: "progressing",
  bridge_id: bridgeIdOf(id),
  reference_type: conferenceId === null ? null : "conference",
  reference_id: conferenceId,
  tm_connect: null,
  tm_end: null,
  tm_create,
  tm_update: tm_create,
});

type Chosen = Pick<
  Conference,
  "type" | "name" | "detail" | "data" | "timeout" | "locked" | "pre_flow_id" | "post_flow_id"
>;

/** A conference that nobody has been in, and the confbridge that it owns. */
export function newConference(
  common: Common & { readonly confbridgeId: string },
  chosen: Chosen,
): { readonly conference: Conference; readonly confbridge: Confbridge } {
  const { id, customer_id, tm_create, confbridgeId } = common;
  const { type, name, detail, data, timeout, locked, pre_flow_id, post_flow_id } = chosen;
  return {
    conference: {
      id,
      customer_id,
      type,
      status: "starting",
      name,
      detail,
      data,
      timeout,
      locked,
      pre_flow_id,
      post_flow_id,
      confbridge_id: confbridgeId,
      tm_end: null,
      tm_create,
      tm_update: tm_create,
    },
    confbridge: newConfbridge({ ...common, id: confbridgeId }, type, id),
  };
}
