/** Amazon's binary event streams: https://smithy.io/2.0/aws/amazon-eventstream.html */
import { crc32 } from "node:zlib";

export type EventMessage = { readonly headers: Readonly<Record<string, string>>; readonly body: Buffer };

const PRELUDE_BYTES = 12;
const CHECKSUM_BYTES = 4;
const TEXT = 7;
/** Bytes of a header's value by its type; those of 6 and 7 say it themselves. */
const FIXED: Readonly<Record<number, number>> = { 0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16 };

/** One message as bytes; its headers are texts. */
export function encodeEvent({ headers, body }: EventMessage): Buffer {
  const head = Buffer.concat(
    Object.entries(headers).map(([name, value]) => {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(Buffer.byteLength(value));
      return Buffer.concat([
        Buffer.from([Buffer.byteLength(name)]),
        Buffer.from(name),
        Buffer.from([TEXT]),
        length,
        Buffer.from(value),
      ]);
    }),
  );
  const message = Buffer.alloc(PRELUDE_BYTES + head.length + body.length + CHECKSUM_BYTES);
  message.writeUInt32BE(message.length, 0);
  message.writeUInt32BE(head.length, 4);
  message.writeUInt32BE(crc32(message.subarray(0, 8)), 8);
  head.copy(message, PRELUDE_BYTES);
  body.copy(message, PRELUDE_BYTES + head.length);
  const end = message.length - CHECKSUM_BYTES;
  message.writeUInt32BE(crc32(message.subarray(0, end)), end);
  return message;
}

/** Messages out of bytes as they come; texts among their headers are told. Throws when a checksum is wrong. */
export function eventDecoder(): (bytes: Buffer) => readonly EventMessage[] {
  let rest = Buffer.alloc(0);
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    const messages: EventMessage[] = [];
    while (rest.length >= PRELUDE_BYTES && rest.length >= rest.readUInt32BE(0)) {
      const length = rest.readUInt32BE(0);
      messages.push(decode(rest.subarray(0, length)));
      rest = rest.subarray(length);
    }
    return messages;
  };
}

function decode(message: Buffer): EventMessage {
  const end = message.length - CHECKSUM_BYTES;
  if (message.readUInt32BE(8) !== crc32(message.subarray(0, 8))) throw new Error("the prelude is damaged");
  if (message.readUInt32BE(end) !== crc32(message.subarray(0, end))) throw new Error("the message is damaged");
  const headEnd = PRELUDE_BYTES + message.readUInt32BE(4);
  return { headers: headersIn(message.subarray(PRELUDE_BYTES, headEnd)), body: message.subarray(headEnd, end) };
}

function headersIn(head: Buffer): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let at = 0; at < head.length; ) {
    const nameEnd = at + 1 + head.readUInt8(at);
    const name = head.toString("utf8", at + 1, nameEnd);
    const type = head.readUInt8(nameEnd);
    const isLong = FIXED[type] === undefined;
    const start = nameEnd + (isLong ? 3 : 1);
    const end = start + (isLong ? head.readUInt16BE(nameEnd + 1) : (FIXED[type] ?? 0));
    if (type === TEXT) headers[name] = head.toString("utf8", start, end);
    at = end;
  }
  return headers;
}
