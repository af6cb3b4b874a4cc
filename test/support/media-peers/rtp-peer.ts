import { createSocket } from "node:dgram";
import { once } from "node:events";
import { type Codec, freshCodec } from "../rtp/codec.ts";
import { formatRtp, parseRtp } from "../rtp/packet.ts";
import {
  bytesOf,
  FRAME_MS,
  framesOf,
  type MediaPeer,
  type PeerFormat,
  pcmOf,
  rateOf,
  SAY_MS,
  sendPaced,
  spoken,
  startEar,
} from "./peer.ts";

const NAMES = { ulaw: "pcmu", alaw: "pcma", g722: "g722" } as const;

/** Linear audio goes over the network with its bytes in the network's order. */
const linear = (format: "slin" | "slin16"): Codec => ({
  sampleRateHz: rateOf(format),
  decode: (payload) => pcmOf(Buffer.from(payload).swap16()),
  encode: (pcm) => Buffer.from(bytesOf(pcm)).swap16(),
});

export type RtpPeer = MediaPeer & {
  /** Sends back what came, as it came. */
  repeat(): Promise<void>;
};

/** Hears RTP, and answers to where it comes from. */
export const startRtpPeer = async (address: string, format: PeerFormat = "ulaw"): Promise<RtpPeer> => {
  const codec = format === "slin" || format === "slin16" ? linear(format) : freshCodec(NAMES[format]);
  const socket = createSocket("udp4");
  socket.bind(0, address);
  await once(socket, "listening");
  const ear = startEar(codec.sampleRateHz);
  const sources = new Set<number>();
  const payloads: Uint8Array[] = [];
  let last: { port: number; address: string; payloadType: number } | undefined;
  let sequence = 0;
  socket.on("message", (datagram, from) => {
    const packet = parseRtp(datagram);
    if (!packet) return;
    sources.add(packet.source);
    payloads.push(packet.payload);
    last = { port: from.port, address: from.address, payloadType: packet.payloadType };
    ear.add(codec.decode(packet.payload));
  });

  const send = async (frames: readonly Uint8Array[]): Promise<void> => {
    if (!last) throw new Error("nothing has come that could be answered");
    const { port, address: host, payloadType } = last;
    // The clock of G.722 ticks at half its rate.
    const ticks = (format === "slin16" ? 16 : 8) * FRAME_MS;
    await sendPaced(frames, (payload) => {
      sequence++;
      const head = { payloadType, marker: false, sequence, timestamp: sequence * ticks, source: 4711 };
      socket.send(formatRtp({ ...head, payload }), port, host);
    });
  };

  return {
    external_host: `${address}:${socket.address().port}`,
    get connections() {
      return sources.size;
    },
    get received() {
      return ear.count();
    },
    heard: ear.heard,
    frequencies: ear.frequencies,
    say: (frequency, durationMs = SAY_MS) => {
      const rate = codec.sampleRateHz;
      return send(framesOf(spoken(frequency, durationMs, rate), rate).map(codec.encode));
    },
    repeat: () => send([...payloads]),
    [Symbol.asyncDispose]: async () => {
      socket.close();
    },
  };
};
