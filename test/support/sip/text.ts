import { randomUUID } from "node:crypto";
import type { Account } from "./caller.ts";
import { freshTag } from "./dialog.ts";
import { proveIdentity } from "./digest.ts";
import type { SipRequest } from "./message.ts";
import { freshVia, type SipSocket } from "./socket.ts";

/** Sends a text outside any call, answering one challenge; gives the final status. */
export const sendText = async (text: {
  socket: SipSocket;
  account: Account;
  number: string;
  body: string;
}): Promise<number> => {
  const { socket, number, body } = text;
  const { server, user, credentials } = text.account;
  const uri = `sip:${number}@${server.address}:${server.port}`;
  const callId = randomUUID();
  // Who has an account is known there; anybody else can be answered only where they are.
  const own = credentials ? server.address : `${socket.address}:${socket.port}`;
  const from = `<sip:${user}@${own}>;tag=${freshTag()}`;
  const attempt = (sequence: number, proof: readonly (readonly [string, string])[]): SipRequest => ({
    kind: "request",
    method: "MESSAGE",
    uri,
    headers: [
      ["Via", freshVia(socket)],
      ["Max-Forwards", "70"],
      ["From", from],
      ["To", `<${uri}>`],
      ["Call-ID", callId],
      ["CSeq", `${sequence} MESSAGE`],
      ["Content-Type", "text/plain;charset=UTF-8"],
      ...proof,
    ],
    body,
  });
  const first = await socket.exchange(attempt(1, []), server);
  const proof = credentials && proveIdentity(first, credentials, uri);
  if (!proof) return first.status;
  return (await socket.exchange(attempt(2, [proof]), server)).status;
};
