/** What a phone received: every packet with its time, and the sound that they make. */
import { type Codec, FRAME_MS } from "./codec.ts";
import { EVENT_DIGITS, parseEvent, type RtpPacket } from "./packet.ts";

/** The samples of one packet: when it came, and where in the sound it belongs, both on the clock of the call. */
export type Piece = {
  readonly arrivedMs: number;
  readonly atMs: number;
  readonly pcm: Int16Array;
  readonly sampleRateHz: number;
};

/** Samples on one time line, silence where nothing came. */
export type Sound = { readonly pcm: Int16Array; readonly sampleRateHz: number; readonly startMs: number };

export type Listener = {
  receive(packet: RtpPacket): void;
  readonly pieces: readonly Piece[];
  /** The digits that the other side pressed by RFC 4733. */
  digits(): string;
};

/** A packet this far from where its timestamp puts it begins a new stretch of sound: the sender's clock had jumped. */
const JUMP_MS = 60;
/** One that follows on the packet before it is merely late until then: a busy machine must not cut a tone in two. */
const LATE_MS = 300;
const RTP_TICKS_PER_MS = 8;

/** Collects one stream; `nowMs` is the clock of the call. */
export const startListener = (stream: {
  codecs: ReadonlyMap<number, Codec>;
  eventPayloadType: number;
  nowMs: () => number;
}): Listener => {
  const { codecs, eventPayloadType, nowMs } = stream;
  const pieces: Piece[] = [];
  let anchor: { atMs: number; timestamp: number; source: number } | undefined;
  let lastTimestamp = Number.NaN;
  let pressed = "";
  let lastDigitTimestamp = -1;

  const placeOf = ({ timestamp, source }: RtpPacket, arrivedMs: number): number => {
    const followsOn = timestamp - lastTimestamp === FRAME_MS * RTP_TICKS_PER_MS;
    lastTimestamp = timestamp;
    const expectedMs = anchor ? anchor.atMs + (timestamp - anchor.timestamp) / RTP_TICKS_PER_MS : Number.NaN;
    const lateMs = arrivedMs - expectedMs;
    const fits = anchor?.source === source && lateMs > -JUMP_MS && lateMs < (followsOn ? LATE_MS : JUMP_MS);
    if (fits) return expectedMs;
    const previous = pieces.at(-1);
    anchor = { atMs: Math.max(arrivedMs, previous ? previous.atMs + FRAME_MS : 0), timestamp, source };
    return anchor.atMs;
  };

  const hearDigit = (packet: RtpPacket): void => {
    if (packet.timestamp === lastDigitTimestamp) return;
    lastDigitTimestamp = packet.timestamp;
    pressed += EVENT_DIGITS[parseEvent(packet.payload).code] ?? "";
  };

  return {
    receive: (packet) => {
      if (packet.payloadType === eventPayloadType) hearDigit(packet);
      const codec = codecs.get(packet.payloadType);
      if (!codec) return;
      const { decode, sampleRateHz } = codec;
      const arrivedMs = nowMs();
      pieces.push({ arrivedMs, atMs: placeOf(packet, arrivedMs), pcm: decode(packet.payload), sampleRateHz });
    },
    pieces,
    digits: () => pressed,
  };
};

/** Lays pieces on one time line; all at the rate of the first. */
export const soundOf = (pieces: readonly Piece[]): Sound => {
  const sampleRateHz = pieces[0]?.sampleRateHz ?? 8_000;
  const startMs = pieces.reduce((earliest, piece) => Math.min(earliest, piece.atMs), pieces[0]?.atMs ?? 0);
  const place = (atMs: number): number => Math.round(((atMs - startMs) * sampleRateHz) / 1_000);
  const length = pieces.reduce((end, piece) => Math.max(end, place(piece.atMs) + piece.pcm.length), 0);
  const pcm = new Int16Array(length);
  for (const piece of pieces) pcm.set(piece.pcm, place(piece.atMs));
  return { pcm, sampleRateHz, startMs };
};
