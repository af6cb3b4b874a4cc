import { randomUUID } from "node:crypto";
import type { CodecName } from "../rtp/codec.ts";
import type { Media } from "../rtp/media.ts";
import type { Story } from "../story.ts";
import { type Conversation, converse, SDP } from "./conversation.ts";
import { dialogOfResponse, freshTag } from "./dialog.ts";
import { type Credentials, proveIdentity } from "./digest.ts";
import { header, type SipHeaders, type SipRequest, type SipResponse } from "./message.ts";
import { EVENT_PAYLOAD_TYPE, formatSdp, parseSdp } from "./sdp.ts";
import { freshVia, type Peer, type SipSocket } from "./socket.ts";

export type Account = { readonly user: string; readonly credentials?: Credentials; readonly server: Peer };

/** One end of a call, caller or callee, as the call's owner drives it. */
export type Line = {
  readonly conversation: () => Conversation | undefined;
  /** BYE, CANCEL or a refusal, whatever fits; resolves when the other side has confirmed it. */
  hangup(reason?: string): Promise<void>;
};

/** Sends the INVITE; what becomes of it is in the story. */
export const placeCall = (call: {
  socket: SipSocket;
  account: Account;
  number: string;
  /** Another request URI than the number's at the server. */
  target?: string | undefined;
  codecs: readonly CodecName[];
  /** Whether the offer names RFC 4733 digits. */
  telephoneEvents: boolean;
  headers: SipHeaders;
  media: Media;
  story: Story;
}): Line => {
  const { socket, account, media, story } = call;
  const { server, user } = account;
  const target = call.target ?? `sip:${call.number}@${server.address}:${server.port}`;
  const contact = `<sip:${user}@${socket.address}:${socket.port}>`;
  const invite: SipRequest = {
    kind: "request",
    method: "INVITE",
    uri: target,
    headers: [
      ["Max-Forwards", "70"],
      ["From", `<sip:${user}@${socket.address}>;tag=${freshTag()}`],
      ["To", `<${target}>`],
      ["Call-ID", randomUUID()],
      ["Contact", contact],
      ["Allow", "INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, UPDATE, NOTIFY, MESSAGE"],
      ...call.headers,
      SDP,
    ],
    body: formatSdp({
      ...media,
      codecs: call.codecs,
      eventPayloadType: call.telephoneEvents ? EVENT_PAYLOAD_TYPE : undefined,
      version: 1,
    }),
  };
  let conversation: Conversation | undefined;
  let cancelling = false;
  const provisional = Promise.withResolvers<void>();

  const follow = (sequence: number) => (response: SipResponse) => {
    provisional.resolve();
    if (response.status >= 200 && response.status < 300) {
      conversation ??= converse({
        socket,
        dialog: dialogOfResponse(response, { contact, target }),
        sequence,
        codecs: call.codecs,
        media,
        story,
      });
      conversation.acknowledge(header(response, "CSeq"));
      if (story.answeredMs() !== undefined) return;
    }
    const answer = response.body ? parseSdp(response.body) : undefined;
    if (answer) media.connect(answer);
    story.add({ type: "response", status: response.status, withAudio: answer !== undefined });
    if (conversation) story.add({ type: "answered" });
  };

  const send = (sequence: number, authorization: SipHeaders): { request: SipRequest; final: Promise<SipResponse> } => {
    const headers = [
      ["Via", freshVia(socket)],
      ["CSeq", `${sequence} INVITE`],
      ...authorization,
      ...invite.headers,
    ] as const;
    const request = { ...invite, headers };
    return { request, final: socket.exchange(request, server, follow(sequence)) };
  };

  let current = send(1, []);
  const settled = current.final
    .then((response) => {
      const proof = account.credentials && proveIdentity(response, account.credentials, target);
      if (!proof) return response;
      current = send(2, [proof]);
      return current.final;
    })
    .then(
      (response) => {
        if (conversation) return;
        const by = cancelling ? "cancelled" : "refused";
        story.add({ type: "ended", end: { by, status: response.status, reason: header(response, "Reason") } });
      },
      () => story.add({ type: "ended", end: { by: "refused", status: 408, reason: "nobody answered the INVITE" } }),
    );

  const cancel = async (): Promise<void> => {
    cancelling = true;
    // Before any response a CANCEL has nothing to cancel; a dead server gives none.
    await Promise.race([provisional.promise, settled]);
    if (story.ending()) return;
    const { request } = current;
    const kept = new Set(["via", "max-forwards", "from", "to", "call-id"]);
    const headers = request.headers.filter(([name]) => kept.has(name.toLowerCase()));
    const sequence = header(request, "CSeq").replace("INVITE", "CANCEL");
    await socket.exchange(
      { ...request, method: "CANCEL", headers: [...headers, ["CSeq", sequence]], body: "" },
      server,
    );
    await settled;
  };

  return {
    conversation: () => conversation,
    hangup: async (reason) => {
      if (!conversation && !story.ending()) await cancel();
      // The answer may have crossed the CANCEL.
      if (!conversation || story.ending()) return;
      story.add({ type: "ended", end: { by: "us", reason: reason ?? "" } });
      await conversation.request("BYE", { headers: reason ? [["Reason", reason]] : [] });
    },
  };
};
