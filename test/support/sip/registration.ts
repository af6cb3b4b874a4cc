import { randomUUID } from "node:crypto";
import type { Account } from "./caller.ts";
import { freshTag } from "./dialog.ts";
import { proveIdentity } from "./digest.ts";
import type { SipRequest } from "./message.ts";
import { freshVia, type SipSocket } from "./socket.ts";

/** Registers an account, answering one challenge; gives the final status. */
export const register = async (account: {
  socket: SipSocket;
  account: Account;
  expiresSeconds: number;
}): Promise<number> => {
  const { socket, expiresSeconds } = account;
  const { server, user, credentials } = account.account;
  const uri = `sip:${server.address}:${server.port}`;
  const identity = `<sip:${user}@${server.address}>`;
  const callId = randomUUID();
  const from = `${identity};tag=${freshTag()}`;
  const attempt = (sequence: number, proof: readonly (readonly [string, string])[]): SipRequest => ({
    kind: "request",
    method: "REGISTER",
    uri,
    headers: [
      ["Via", freshVia(socket)],
      ["Max-Forwards", "70"],
      ["From", from],
      ["To", identity],
      ["Call-ID", callId],
      ["CSeq", `${sequence} REGISTER`],
      ["Contact", `<sip:${user}@${socket.address}:${socket.port}>`],
      ["Expires", String(expiresSeconds)],
      ["User-Agent", "Test phone"],
      ...proof,
    ],
    body: "",
  });
  const first = await socket.exchange(attempt(1, []), server);
  const proof = credentials && proveIdentity(first, credentials, uri);
  if (!proof) return first.status;
  return (await socket.exchange(attempt(2, [proof]), server)).status;
};
