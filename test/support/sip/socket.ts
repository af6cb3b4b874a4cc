/**
 * SIP over UDP with its transactions (RFC 3261 17), as much as a phone needs.
 *
 * 1. A request is repeated until something comes back: 500 ms, then twice as long each time.
 * 2. A final failure of an INVITE is acknowledged here; its success by the caller, each time it comes.
 * 3. A repeated request gets the response that it got before and reaches nobody a second time.
 */
import { randomUUID } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { formatSip, header, parameter, parseSip, responseTo, type SipRequest, type SipResponse } from "./message.ts";

export type Peer = { readonly address: string; readonly port: number };
export type Answer = (reply: Parameters<typeof responseTo>[1]) => void;

export type SipSocket = {
  readonly address: string;
  readonly port: number;
  /** Sends a request; resolves with the final response, after showing every response to `onResponse`. */
  exchange(request: SipRequest, peer: Peer, onResponse?: (response: SipResponse) => void): Promise<SipResponse>;
  /** Sends without expecting anything: ACK, or a response once more. */
  send(message: SipRequest | SipResponse, peer: Peer): void;
  close(): void;
};

const FIRST_REPEAT_MS = 500;
const LONGEST_REPEAT_MS = 4_000;
/** 64 times the first interval, as RFC 3261 has it. */
const GIVE_UP_MS = 32_000;

/** A Via for a new transaction of ours. */
export const freshVia = (own: Peer): string =>
  `SIP/2.0/UDP ${own.address}:${own.port};rport;branch=z9hG4bK${randomUUID().slice(0, 13)}`;

/** Binds a SIP port and hands every new request to `onRequest`. */
export const openSipSocket = async (
  own: Peer,
  onRequest: (request: SipRequest, peer: Peer, answer: Answer) => void,
): Promise<SipSocket> => {
  const socket = createSocket("udp4");
  socket.bind(own.port, own.address);
  await once(socket, "listening");
  const bound = { address: own.address, port: socket.address().port };
  const waiting = new Map<string, (response: SipResponse) => void>();
  const answered = new Map<string, SipResponse | undefined>();
  const repeats = new Set<() => void>();

  const send: SipSocket["send"] = (message, peer) => socket.send(formatSip(message), peer.port, peer.address);

  socket.on("message", (datagram, remote) => {
    const message = parseSip(datagram.toString());
    const peer = { address: remote.address, port: remote.port };
    if (!message) return;
    if (message.kind === "response") {
      waiting.get(transactionOf(message))?.(message);
      return;
    }
    const key = transactionOf(message);
    if (answered.has(key)) {
      const previous = answered.get(key);
      if (previous) send(previous, peer);
      return;
    }
    if (message.method !== "ACK") answered.set(key, undefined);
    onRequest(message, peer, (reply) => {
      const response = responseTo(message, reply);
      answered.set(key, response);
      send(response, peer);
    });
  });

  const exchange: SipSocket["exchange"] = (request, peer, onResponse = () => {}) => {
    const { promise, resolve, reject } = Promise.withResolvers<SipResponse>();
    let intervalMs = FIRST_REPEAT_MS;
    const repeat = (): void => {
      send(request, peer);
      intervalMs = Math.min(intervalMs * 2, LONGEST_REPEAT_MS);
      timer = setTimeout(repeat, intervalMs);
    };
    let timer = setTimeout(repeat, intervalMs);
    const giveUp = setTimeout(() => reject(new Error(`${request.method} ${request.uri}: no answer`)), GIVE_UP_MS);
    const stop = (): void => {
      clearTimeout(timer);
      clearTimeout(giveUp);
    };
    repeats.add(stop);
    waiting.set(transactionOf(request), (response) => {
      stop();
      if (request.method === "INVITE" && response.status >= 300) send(acknowledgementOf(request, response), peer);
      onResponse(response);
      if (response.status >= 200) resolve(response);
    });
    send(request, peer);
    return promise;
  };

  const close = (): void => {
    for (const stop of repeats) stop();
    socket.close();
  };
  return { ...bound, exchange, send, close };
};

/** CSeq's method tells a CANCEL from the INVITE whose branch it shares. */
const transactionOf = (message: SipRequest | SipResponse): string =>
  `${parameter(header(message, "Via"), "branch")} ${header(message, "CSeq").split(" ")[1] ?? ""}`;

const acknowledgementOf = (request: SipRequest, response: SipResponse): SipRequest => ({
  kind: "request",
  method: "ACK",
  uri: request.uri,
  headers: [
    ["Via", header(request, "Via")],
    ["Max-Forwards", "70"],
    ["From", header(request, "From")],
    ["To", header(response, "To")],
    ["Call-ID", header(request, "Call-ID")],
    ["CSeq", header(request, "CSeq").replace("INVITE", "ACK")],
  ],
  body: "",
});
