/** Reads what passed on a connection: HTTP until it becomes a WebSocket, then its messages. */
import type { Piece } from "./tap.ts";

/** A message in one direction; of HTTP the first line, of a WebSocket the text. */
export type Message = { readonly atMs: number; readonly text: string };

const END_OF_HEAD = "\r\n\r\n";
const TEXT_FRAME = 1;

/** The messages of one direction of one connection, each at the time when it was complete. */
export function messagesIn(pieces: readonly Piece[]): readonly Message[] {
  const messages: Message[] = [];
  let unread: Buffer = Buffer.alloc(0);
  let isWebSocket = false;
  for (const { bytes, atMs } of pieces) {
    unread = Buffer.concat([unread, bytes]);
    for (;;) {
      const found: Found | undefined = isWebSocket ? frameIn(unread) : headIn(unread);
      if (!found) break;
      if (found.text !== undefined) messages.push({ atMs, text: found.text });
      isWebSocket ||= found.upgrades;
      unread = unread.subarray(found.size);
    }
  }
  return messages;
}

type Found = { readonly size: number; readonly text: string | undefined; readonly upgrades: boolean };

function headIn(bytes: Buffer): Found | undefined {
  const end = bytes.indexOf(END_OF_HEAD);
  if (end < 0) return undefined;
  const head = bytes.toString("latin1", 0, end);
  const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
  const size = end + END_OF_HEAD.length + length;
  if (bytes.length < size) return undefined;
  return { size, text: head.slice(0, head.indexOf("\r\n")), upgrades: /^upgrade: *websocket/im.test(head) };
}

/** Neither fragments nor compression: nobody here uses them. */
function frameIn(bytes: Buffer): Found | undefined {
  const [first = 0, second = 0] = bytes;
  const short = second & 0x7f;
  const lengthBytes = { 126: 2, 127: 8 }[short] ?? 0;
  const maskBytes = second & 0x80 ? 4 : 0;
  const head = 2 + lengthBytes + maskBytes;
  if (bytes.length < 2 || bytes.length < head) return undefined;
  const length =
    lengthBytes === 0 ? short : lengthBytes === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  const size = head + length;
  if (bytes.length < size) return undefined;
  const payload = Buffer.from(bytes.subarray(head, size));
  const mask = bytes.subarray(head - maskBytes, head);
  if (maskBytes > 0) for (let at = 0; at < length; at++) payload[at] = (payload[at] ?? 0) ^ (mask[at % 4] ?? 0);
  return { size, text: (first & 0x0f) === TEXT_FRAME ? payload.toString() : undefined, upgrades: false };
}
