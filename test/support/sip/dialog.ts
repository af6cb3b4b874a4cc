import { randomUUID } from "node:crypto";
import {
  header,
  headers,
  hostOf,
  parameter,
  type SipHeaders,
  type SipMessage,
  type SipRequest,
  uriOf,
} from "./message.ts";
import { freshVia, type Peer } from "./socket.ts";

/** One dialog from our side: enough to write any further request in it. */
export type Dialog = {
  readonly callId: string;
  readonly local: string;
  readonly remote: string;
  readonly target: string;
  readonly routes: readonly string[];
  readonly contact: string;
};

/** A name for this end of a dialog. */
export const freshTag = (): string => randomUUID().slice(0, 8);

/** The dialog that a response to our own request opened. */
export const dialogOfResponse = (response: SipMessage, own: { contact: string; target: string }): Dialog => ({
  callId: header(response, "Call-ID"),
  local: header(response, "From"),
  remote: header(response, "To"),
  target: header(response, "Contact") ? uriOf(header(response, "Contact")) : own.target,
  routes: [...headers(response, "Record-Route")].reverse(),
  contact: own.contact,
});

/** The dialog that a request from outside opened; `tag` is ours. */
export const dialogOfRequest = (request: SipRequest, own: { contact: string; tag: string }): Dialog => ({
  callId: header(request, "Call-ID"),
  local: `${header(request, "To")};tag=${own.tag}`,
  remote: header(request, "From"),
  target: uriOf(header(request, "Contact")),
  routes: headers(request, "Record-Route"),
  contact: own.contact,
});

/** Whether an incoming request belongs to this dialog. */
export const isWithin = (dialog: Dialog, request: SipRequest): boolean =>
  header(request, "Call-ID") === dialog.callId &&
  parameter(header(request, "To"), "tag") === parameter(dialog.local, "tag");

/** The next request of a dialog; `sequence` must grow, but for ACK, which repeats its INVITE's. */
export const requestWithin = (
  dialog: Dialog,
  own: Peer,
  next: { method: string; sequence: number; headers?: SipHeaders; body?: string },
): { request: SipRequest; peer: Peer } => ({
  request: {
    kind: "request",
    method: next.method,
    uri: dialog.target,
    headers: [
      ["Via", freshVia(own)],
      ["Max-Forwards", "70"],
      ...dialog.routes.map((route) => ["Route", route] as const),
      ["From", dialog.local],
      ["To", dialog.remote],
      ["Call-ID", dialog.callId],
      ["CSeq", `${next.sequence} ${next.method}`],
      ["Contact", dialog.contact],
      ...(next.headers ?? []),
    ],
    body: next.body ?? "",
  },
  peer: hostOf(dialog.routes[0] ? uriOf(dialog.routes[0]) : dialog.target),
});
