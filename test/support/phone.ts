import { type Call, callOf } from "./call.ts";
import { eventually, PATIENCE_MS } from "./eventually.ts";
import type { CodecName } from "./rtp/codec.ts";
import { openMedia } from "./rtp/media.ts";
import { type RingingLine, takeCall } from "./sip/callee.ts";
import { type Account, type Line, placeCall } from "./sip/caller.ts";
import type { Credentials } from "./sip/digest.ts";
import { header, parameter, type SipHeaders, type SipRequest } from "./sip/message.ts";
import { register } from "./sip/registration.ts";
import { type Answer, openSipSocket, type Peer } from "./sip/socket.ts";
import { sendText } from "./sip/text.ts";
import { startStory } from "./story.ts";

/** A call that rings at this phone, to be answered or refused. */
export type RingingCall = Call & Pick<RingingLine, "ring" | "progress" | "answer" | "refuse"> & { invite: SipRequest };

export type DialOptions = {
  /** What the offer names, best first; PCMU alone unless told. */
  codecs?: readonly CodecName[];
  /** Whether the offer names RFC 4733 digits. */
  telephoneEvents?: boolean;
  headers?: SipHeaders;
  /** The whole request URI, instead of the number's at the server. */
  target?: string;
};

/** A SIP phone with an address of its own on the loopback network. */
export type Phone = AsyncDisposable & {
  readonly user: string;
  readonly address: string;
  readonly port: number;
  /** Calls a number; the promise is of the INVITE's sending, not of its answer. */
  dial(number: string, options?: DialOptions): Promise<Call>;
  /** Waits for the next call to this phone. */
  rings(withinMs?: number): Promise<RingingCall>;
  /** Makes the account known at the server, or with 0 seconds unknown; gives the final status. */
  register(expiresSeconds?: number): Promise<number>;
  /** Sends a text outside any call; gives the final status. */
  text(number: string, body: string): Promise<number>;
  /** Texts that came outside any call. */
  readonly texts: readonly SipRequest[];
  /** Hangs up what is still up, and closes. */
  close(): Promise<void>;
};

/** Plugs in a phone. */
export const startPhone = async (own: {
  address: string;
  port?: number;
  server: Peer;
  user?: string;
  credentials?: Credentials;
  codecs?: readonly CodecName[];
  /** The number of the first packet of each call; any unless told. */
  firstSequence?: number;
  /** After each hold, it begins a stream with a source of its own, whose packets are numbered lower. */
  renumbers?: boolean;
}): Promise<Phone> => {
  const { address, server, codecs = ["pcmu"], firstSequence, renumbers } = own;
  const account: Account = {
    user: own.credentials?.user ?? own.user ?? "caller",
    server,
    ...(own.credentials ? { credentials: own.credentials } : {}),
  };
  const lines: { line: Line; hangup: () => Promise<void>; closeMedia: () => void }[] = [];
  const handlers: ((request: SipRequest, answer: Answer) => boolean)[] = [];
  const ringing: RingingCall[] = [];
  const texts: SipRequest[] = [];

  const takeInvite = async (invite: SipRequest, peer: Peer, reply: Answer): Promise<void> => {
    const story = startStory();
    const media = await openMedia({ address, codecs, firstSequence, renumbers, nowMs: story.nowMs });
    const line = takeCall({ socket, user: account.user, invite, peer, reply, codecs, media, story });
    handlers.push(line.receive);
    lines.push({ line, hangup: line.hangup, closeMedia: media.close });
    const { ring, progress, answer, refuse } = line;
    ringing.push({ ...callOf({ line, media, story }), ring, progress, answer, refuse, invite });
  };

  const receive = (request: SipRequest, peer: Peer, answer: Answer): void => {
    if (handlers.some((handle) => handle(request, answer))) return;
    if (request.method === "ACK") return;
    const inside = parameter(header(request, "To"), "tag") !== "";
    if (request.method === "INVITE" && !inside) {
      void takeInvite(request, peer, answer);
      return;
    }
    if (request.method === "MESSAGE") texts.push(request);
    answer({ status: inside || request.method === "CANCEL" ? 481 : 200 });
  };

  const socket = await openSipSocket({ address, port: own.port ?? 5060 }, receive);

  const dial: Phone["dial"] = async (number, options = {}) => {
    const story = startStory();
    const offered = options.codecs ?? codecs;
    const media = await openMedia({ address, codecs: offered, firstSequence, renumbers, nowMs: story.nowMs });
    const { telephoneEvents = true, headers = [], target } = options;
    const line = placeCall({
      socket,
      account,
      number,
      target,
      codecs: offered,
      telephoneEvents,
      headers,
      media,
      story,
    });
    handlers.push((request, answer) => line.conversation()?.receive(request, answer) ?? false);
    lines.push({ line, hangup: line.hangup, closeMedia: media.close });
    return callOf({ line, media, story });
  };

  const close = async (): Promise<void> => {
    const ends = await Promise.allSettled(lines.map(({ hangup }) => hangup()));
    for (const { closeMedia } of lines) closeMedia();
    socket.close();
    const failed = ends.find((end) => end.status === "rejected");
    if (failed) throw failed.reason;
  };

  return {
    user: account.user,
    address,
    port: socket.port,
    dial,
    rings: (withinMs = PATIENCE_MS) => eventually(`a call to ${account.user}`, () => ringing.shift(), withinMs),
    register: (expiresSeconds = 300) => register({ socket, account, expiresSeconds }),
    text: (number, body) => sendText({ socket, account, number, body }),
    texts,
    close,
    [Symbol.asyncDispose]: close,
  };
};
