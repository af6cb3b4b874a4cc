export type RtpPacket = {
  readonly payloadType: number;
  readonly marker: boolean;
  readonly sequence: number;
  readonly timestamp: number;
  readonly source: number;
  readonly payload: Uint8Array;
};

/** A digit as RFC 4733 sends it; `ended` packets come three times. */
export type RtpEvent = { readonly code: number; readonly ended: boolean; readonly duration: number };

/** The digits by their RFC 4733 code. */
export const EVENT_DIGITS = "0123456789*#ABCD";

const HEADER_BYTES = 12;
const VOLUME = 10;

/** Reads a datagram; undefined when it is not RTP version 2. */
export const parseRtp = (datagram: Buffer): RtpPacket | undefined => {
  if (datagram.length < HEADER_BYTES || datagram.readUInt8(0) >> 6 !== 2) return undefined;
  const contributors = datagram.readUInt8(0) & 0x0f;
  return {
    payloadType: datagram.readUInt8(1) & 0x7f,
    marker: (datagram.readUInt8(1) & 0x80) !== 0,
    sequence: datagram.readUInt16BE(2),
    timestamp: datagram.readUInt32BE(4),
    source: datagram.readUInt32BE(8),
    payload: datagram.subarray(HEADER_BYTES + contributors * 4),
  };
};

/** The bytes of a packet. */
export const formatRtp = (packet: RtpPacket): Buffer => {
  const head = Buffer.alloc(HEADER_BYTES);
  head.writeUInt8(0x80, 0);
  head.writeUInt8(packet.payloadType | (packet.marker ? 0x80 : 0), 1);
  head.writeUInt16BE(packet.sequence & 0xffff, 2);
  head.writeUInt32BE(packet.timestamp >>> 0, 4);
  head.writeUInt32BE(packet.source >>> 0, 8);
  return Buffer.concat([head, packet.payload]);
};

/** The payload of a digit's packet. */
export const formatEvent = ({ code, ended, duration }: RtpEvent): Uint8Array =>
  Uint8Array.of(code, (ended ? 0x80 : 0) | VOLUME, duration >> 8, duration & 0xff);

/** Reads the payload of a digit's packet. */
export const parseEvent = ([code = 0, flags = 0, high = 0, low = 0]: Uint8Array): RtpEvent => ({
  code,
  ended: (flags & 0x80) !== 0,
  duration: (high << 8) | low,
});
