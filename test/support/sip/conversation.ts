import type { CodecName } from "../rtp/codec.ts";
import type { Media } from "../rtp/media.ts";
import type { Story } from "../story.ts";
import { type Dialog, isWithin, requestWithin } from "./dialog.ts";
import { header, type SipHeaders, type SipRequest, type SipResponse } from "./message.ts";
import { EVENT_PAYLOAD_TYPE, formatSdp, type MediaDirection, parseSdp } from "./sdp.ts";
import type { Answer, SipSocket } from "./socket.ts";

/** An established dialog: what both a caller and a callee do after the answer. */
export type Conversation = {
  readonly dialog: Dialog;
  request(method: string, content?: { headers?: SipHeaders; body?: string }): Promise<SipResponse>;
  /** Offers our audio anew, as a phone does that holds the other side or comes back to it. */
  offer(direction: MediaDirection): Promise<SipResponse>;
  acknowledge(sequence: string): void;
  /** Handles a request of this dialog; false when it belongs to another. */
  receive(request: SipRequest, answer: Answer): boolean;
};

/** The other side's "I send only" is our "I receive only". */
const MIRRORED: Readonly<Record<MediaDirection, MediaDirection>> = {
  sendrecv: "sendrecv",
  sendonly: "recvonly",
  recvonly: "sendonly",
  inactive: "inactive",
};

/** Takes over a dialog; `sequence` is the last CSeq number that we used. */
export const converse = (call: {
  socket: SipSocket;
  dialog: Dialog;
  sequence: number;
  /** What this phone knows. */
  codecs: readonly CodecName[];
  media: Media;
  story: Story;
}): Conversation => {
  const { socket, dialog, codecs, media, story } = call;
  let { sequence } = call;
  let current: MediaDirection = "sendrecv";

  /** Whoever has held, or was held, comes back. */
  const turn = (to: MediaDirection): void => {
    if (to === "sendrecv" && current !== "sendrecv") media.comeBack();
    current = to;
  };

  const answerOffer = (request: SipRequest, answer: Answer): void => {
    const offer = parseSdp(request.body, codecs);
    if (offer) media.connect(offer);
    if (offer) turn(offer.direction);
    const body = formatSdp({
      ...media,
      codecs: offer ? [offer.codec] : codecs,
      direction: MIRRORED[offer?.direction ?? "sendrecv"],
      version: 2 + sequence,
    });
    answer({ status: 200, headers: [["Contact", dialog.contact], SDP], body });
  };

  const request: Conversation["request"] = (method, content) => {
    const next = requestWithin(dialog, socket, { method, sequence: ++sequence, ...content });
    return socket.exchange(next.request, next.peer);
  };
  const acknowledge: Conversation["acknowledge"] = (invite) => {
    const next = requestWithin(dialog, socket, { method: "ACK", sequence: Number.parseInt(invite, 10) });
    socket.send(next.request, next.peer);
  };

  return {
    dialog,
    request,
    acknowledge,
    offer: async (direction) => {
      const audio = { ...media, codecs, eventPayloadType: EVENT_PAYLOAD_TYPE };
      const body = formatSdp({ ...audio, direction, version: 3 + sequence });
      const response = await request("INVITE", { headers: [SDP], body });
      if (response.status >= 300) return response;
      acknowledge(header(response, "CSeq"));
      turn(direction);
      return response;
    },
    receive: (request, answer) => {
      if (!isWithin(dialog, request)) return false;
      const direction = request.method === "INVITE" ? parseSdp(request.body)?.direction : undefined;
      story.add({ type: "request", method: request.method, ...(direction && { direction }) });
      if (request.method === "ACK") return true;
      if (request.method === "INVITE") {
        answerOffer(request, answer);
        return true;
      }
      answer({ status: 200 });
      const digit = /^Signal=\s*(\S)/m.exec(request.body)?.[1];
      if (request.method === "INFO" && digit) story.add({ type: "digit", digit });
      if (request.method === "BYE")
        story.add({ type: "ended", end: { by: "them", reason: header(request, "Reason") } });
      return true;
    },
  };
};

/** The header of a body with an offer or answer. */
export const SDP: readonly [string, string] = ["Content-Type", "application/sdp"];
