import type { CodecName } from "../rtp/codec.ts";

export type MediaDirection = "sendrecv" | "sendonly" | "recvonly" | "inactive";

/** What one side said about its audio. */
export type Sdp = {
  readonly address: string;
  readonly port: number;
  readonly codec: CodecName;
  /** RTP payload type of RFC 4733 digits; undefined when that side takes none. */
  readonly eventPayloadType: number | undefined;
  readonly direction: MediaDirection;
};

/** PCMU and PCMA are static; G.722 is written 8000 Hz by an old mistake of RFC 3551, and is 16000. */
export const PAYLOAD_TYPES: Readonly<Record<CodecName, number>> = { pcmu: 0, pcma: 8, g722: 9 };
const NAMES: Readonly<Record<CodecName, string>> = { pcmu: "PCMU", pcma: "PCMA", g722: "G722" };
/** What most phones choose for RFC 4733. */
export const EVENT_PAYLOAD_TYPE = 101;

/** An offer or answer with exactly these codecs, best first. */
export const formatSdp = (own: {
  address: string;
  port: number;
  codecs: readonly CodecName[];
  eventPayloadType?: number | undefined;
  direction?: MediaDirection;
  version: number;
}): string => {
  const events = own.eventPayloadType;
  const types = [...own.codecs.map((codec) => PAYLOAD_TYPES[codec]), ...(events === undefined ? [] : [events])];
  return [
    "v=0",
    `o=- 1 ${own.version} IN IP4 ${own.address}`,
    "s=-",
    `c=IN IP4 ${own.address}`,
    "t=0 0",
    `m=audio ${own.port} RTP/AVP ${types.join(" ")}`,
    ...own.codecs.map((codec) => `a=rtpmap:${PAYLOAD_TYPES[codec]} ${NAMES[codec]}/8000`),
    ...(events === undefined ? [] : [`a=rtpmap:${events} telephone-event/8000`, `a=fmtp:${events} 0-16`]),
    "a=ptime:20",
    `a=${own.direction ?? "sendrecv"}`,
    "",
  ].join("\r\n");
};

/** Reads the other side's audio line, taking its first codec that we know; undefined when there is none. */
export const parseSdp = (text: string, known: readonly CodecName[] = ["pcmu", "pcma", "g722"]): Sdp | undefined => {
  const audio = /^m=audio (\d+) \S+ (.+)$/m.exec(text);
  const address = /^c=IN IP4 (\S+)/m.exec(text)?.[1];
  if (!audio || !address) return undefined;
  const offered = (audio[2] ?? "").trim().split(" ").map(Number);
  const codec = offered.flatMap((type) => known.filter((name) => PAYLOAD_TYPES[name] === type))[0];
  if (!codec) return undefined;
  const event = /^a=rtpmap:(\d+) telephone-event\/8000/im.exec(text)?.[1];
  const direction = /^a=(sendonly|recvonly|inactive)\s*$/m.exec(text)?.[1];
  return {
    address,
    port: Number(audio[1]),
    codec,
    eventPayloadType: event === undefined ? undefined : Number(event),
    direction:
      direction === "sendonly" || direction === "recvonly" || direction === "inactive" ? direction : "sendrecv",
  };
};
