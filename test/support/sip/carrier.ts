import { createHash, randomUUID } from "node:crypto";
import { freshTag } from "./dialog.ts";
import type { Credentials } from "./digest.ts";
import { header, parameter, type SipRequest, uriOf } from "./message.ts";
import { type Answer, openSipSocket, type Peer } from "./socket.ts";

/** A carrier's SIP server: registers one account, and refuses every call with a status of its choice. */
export type Carrier = AsyncDisposable &
  Peer & {
    /** Contacts that are registered now. */
    readonly contacts: readonly string[];
    /** Final answers to REGISTER, in order. */
    readonly registrations: readonly number[];
    /** INVITEs in order, those that were challenged too. */
    readonly invites: readonly SipRequest[];
  };

const REALM = "carrier.example";

/** Opens a carrier at an address; with credentials it challenges everybody. */
export async function startCarrier(own: {
  readonly address: string;
  readonly port?: number;
  readonly credentials?: () => Credentials;
  readonly refuseWith?: number;
}): Promise<Carrier> {
  const { credentials, refuseWith = 486 } = own;
  const nonce = randomUUID();
  const contacts = new Set<string>();
  const registrations: number[] = [];
  const invites: SipRequest[] = [];

  /** 401 for whoever has yet to prove it, 403 for whoever has proved something else; undefined for the customer. */
  function refusalOf(request: SipRequest): 401 | 403 | undefined {
    if (!credentials) return undefined;
    const proof = header(request, "Authorization");
    if (proof === "") return 401;
    const { user, password } = credentials();
    const field = (name: string): string => new RegExp(`\\b${name}="?([^",]*)`).exec(proof)?.[1] ?? "";
    const hash = (text: string): string => createHash("md5").update(text).digest("hex");
    const identity = hash(`${user}:${REALM}:${password}`);
    const asked = hash(`${request.method}:${field("uri")}`);
    const expected = hash(`${identity}:${nonce}:${asked}`);
    return field("username") === user && field("response") === expected ? undefined : 403;
  }

  function register(request: SipRequest, answer: Answer): void {
    const refusal = refusalOf(request);
    if (refusal !== 401) registrations.push(refusal ?? 200);
    if (refusal) {
      challenge(refusal, answer);
      return;
    }
    const contact = header(request, "Contact");
    const expires = parameter(contact, "expires") || header(request, "Expires");
    if (expires === "0") contacts.delete(uriOf(contact));
    else contacts.add(uriOf(contact));
    answer({
      status: 200,
      tag: freshTag(),
      headers: [
        ["Contact", contact],
        ["Expires", expires],
      ],
    });
  }

  function challenge(status: number, answer: Answer): void {
    const asked = `Digest realm="${REALM}", nonce="${nonce}", algorithm=MD5`;
    answer({ status, tag: freshTag(), headers: status === 401 ? [["WWW-Authenticate", asked]] : [] });
  }

  function refuse(request: SipRequest, answer: Answer): void {
    invites.push(request);
    const refusal = refusalOf(request);
    if (refusal) challenge(refusal, answer);
    else answer({ status: refuseWith, tag: freshTag() });
  }

  const socket = await openSipSocket({ address: own.address, port: own.port ?? 5060 }, (request, _peer, answer) => {
    if (request.method === "REGISTER") register(request, answer);
    if (request.method === "INVITE") refuse(request, answer);
  });
  return {
    address: socket.address,
    port: socket.port,
    get contacts() {
      return [...contacts];
    },
    registrations,
    invites,
    [Symbol.asyncDispose]: async () => socket.close(),
  };
}
