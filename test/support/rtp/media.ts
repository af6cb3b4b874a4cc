import { createSocket } from "node:dgram";
import { once } from "node:events";
import { EVENT_PAYLOAD_TYPE, PAYLOAD_TYPES, type Sdp } from "../sip/sdp.ts";
import { type CodecName, freshCodec } from "./codec.ts";
import { type Listener, startListener } from "./listener.ts";
import { formatRtp, parseRtp } from "./packet.ts";
import { type Speaker, startSpeaker } from "./speaker.ts";

/** The audio of one call: hears from the first packet on, speaks once the other side has said where to. */
export type Media = {
  readonly address: string;
  readonly port: number;
  readonly listener: Listener;
  /** Undefined until `connect`. */
  speaker(): Speaker | undefined;
  /** Takes the other side's offer or answer; a later one moves the stream, and the voice starts anew. */
  connect(remote: Sdp): void;
  /** Sends what follows as a stream of its own, when this phone is one that does so after a hold. */
  comeBack(): void;
  close(): void;
};

const HIGHEST_SEQUENCE = 30_000;
/** More packets than a call of a test has. */
const SEQUENCES_LOWER = 4_000;

/** Binds a port for RTP. */
export const openMedia = async (own: {
  address: string;
  codecs: readonly CodecName[];
  nowMs: () => number;
  firstSequence?: number | undefined;
  renumbers?: boolean | undefined;
}): Promise<Media> => {
  const socket = createSocket("udp4");
  socket.bind(0, own.address);
  await once(socket, "listening");
  const listener = startListener({
    codecs: new Map(own.codecs.map((name) => [PAYLOAD_TYPES[name], freshCodec(name)])),
    eventPayloadType: EVENT_PAYLOAD_TYPE,
    nowMs: own.nowMs,
  });
  let connected: { remote: Sdp; speaker: Speaker } | undefined;
  let { firstSequence = own.renumbers ? HIGHEST_SEQUENCE : undefined } = own;
  socket.on("message", (datagram) => {
    const packet = parseRtp(datagram);
    if (packet) listener.receive(packet);
  });

  const speakTo = (remote: Sdp): void => {
    connected?.speaker.stop();
    const speaker = startSpeaker({
      codec: freshCodec(remote.codec),
      payloadType: PAYLOAD_TYPES[remote.codec],
      eventPayloadType: remote.eventPayloadType,
      firstSequence,
      send: (packet) => socket.send(formatRtp(packet), remote.port, remote.address),
    });
    connected = { remote, speaker };
  };

  return {
    address: own.address,
    port: socket.address().port,
    listener,
    speaker: () => connected?.speaker,
    connect: (remote) => {
      const unchanged = connected?.remote.port === remote.port && connected.remote.codec === remote.codec;
      if (unchanged) return;
      speakTo(remote);
    },
    comeBack: () => {
      if (!own.renumbers || !connected) return;
      firstSequence = (firstSequence ?? HIGHEST_SEQUENCE) - SEQUENCES_LOWER;
      speakTo(connected.remote);
    },
    close: () => {
      connected?.speaker.stop();
      socket.close();
    },
  };
};
