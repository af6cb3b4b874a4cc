import type { CodecName } from "../rtp/codec.ts";
import type { Media } from "../rtp/media.ts";
import type { Story } from "../story.ts";
import type { Line } from "./caller.ts";
import { type Conversation, converse, SDP } from "./conversation.ts";
import { dialogOfRequest, freshTag } from "./dialog.ts";
import { header, responseTo, type SipRequest } from "./message.ts";
import { formatSdp, parseSdp } from "./sdp.ts";
import type { Answer, Peer, SipSocket } from "./socket.ts";

/** The end of a call that rings here. */
export type RingingLine = Line & {
  ring(): void;
  /** 183 with audio: early media flows both ways. */
  progress(): void;
  answer(): void;
  refuse(status: number, reason?: string): void;
  /** Handles a CANCEL of this INVITE, or a request of its dialog; false when it belongs to another. */
  receive(request: SipRequest, answer: Answer): boolean;
};

/** The 200 is repeated until its ACK comes, as UDP may lose either. */
const REPEAT_MS = 500;

/** Takes an INVITE: says 100 and leaves the rest to the callee. */
export const takeCall = (call: {
  socket: SipSocket;
  user: string;
  invite: SipRequest;
  peer: Peer;
  reply: Answer;
  codecs: readonly CodecName[];
  media: Media;
  story: Story;
}): RingingLine => {
  const { socket, invite, peer, reply, media, story } = call;
  const tag = freshTag();
  const contact = `<sip:${call.user}@${socket.address}:${socket.port}>`;
  const dialog = dialogOfRequest(invite, { contact, tag });
  const conversation: Conversation = converse({ socket, dialog, sequence: 0, codecs: call.codecs, media, story });
  const offer = parseSdp(invite.body, call.codecs);
  const sdp = formatSdp({
    ...media,
    codecs: offer ? [offer.codec] : call.codecs,
    eventPayloadType: offer?.eventPayloadType,
    version: 1,
  });
  let repeating: NodeJS.Timeout | undefined;
  reply({ status: 100 });

  const withAudio = (status: number): Parameters<Answer>[0] => {
    if (offer) media.connect(offer);
    return { status, tag, headers: [["Contact", contact], SDP], body: sdp };
  };
  const refuse = (status: number, reason?: string): void => {
    reply({ status, tag, headers: reason ? [["Reason", reason]] : [] });
    story.add({ type: "ended", end: { by: "us", status, reason: reason ?? "" } });
  };
  const hangup = async (reason?: string): Promise<void> => {
    if (story.ending()) return;
    if (story.answeredMs() === undefined) {
      refuse(603, reason);
      return;
    }
    story.add({ type: "ended", end: { by: "us", reason: reason ?? "" } });
    clearInterval(repeating);
    await conversation.request("BYE", { headers: reason ? [["Reason", reason]] : [] });
  };
  const receiveCancel = (request: SipRequest, answer: Answer): void => {
    story.add({ type: "request", method: "CANCEL" });
    answer({ status: 200, tag });
    if (story.answeredMs() !== undefined || story.ending()) return;
    reply({ status: 487, tag });
    story.add({ type: "ended", end: { by: "them", status: 487, reason: header(request, "Reason") } });
  };

  return {
    conversation: () => (story.answeredMs() === undefined ? undefined : conversation),
    ring: () => reply({ status: 180, tag, headers: [["Contact", contact]] }),
    progress: () => reply(withAudio(183)),
    answer: () => {
      const response = withAudio(200);
      reply(response);
      story.add({ type: "answered" });
      repeating = setInterval(() => socket.send(responseTo(invite, response), peer), REPEAT_MS);
    },
    refuse,
    hangup,
    receive: (request, answer) => {
      if (request.method === "CANCEL" && header(request, "Call-ID") === dialog.callId) {
        receiveCancel(request, answer);
        return true;
      }
      const own = conversation.receive(request, answer);
      if (own && (request.method === "ACK" || request.method === "BYE")) clearInterval(repeating);
      return own;
    },
  };
};
