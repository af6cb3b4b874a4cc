/** Asterisk's AudioSocket: each message is its kind, two bytes of length (the larger first), and so many bytes more. */

export const AudioSocketKind = { hangup: 0x00, uuid: 0x01, slin: 0x10, slin16: 0x12, error: 0xff } as const;

export type AudioSocketMessage = { readonly kind: number; readonly content: Uint8Array };

const HEAD_BYTES = 3;

export function audioSocketMessage(kind: number, content: Uint8Array = new Uint8Array()): Uint8Array {
  return Buffer.concat([Buffer.of(kind, content.length >> 8, content.length & 0xff), content]);
}

/** Turns bytes, however they come, into whole messages; what is not whole waits for more. */
export function audioSocketMessages(): (bytes: Uint8Array) => readonly AudioSocketMessage[] {
  let rest: Buffer = Buffer.alloc(0);
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    const messages: AudioSocketMessage[] = [];
    while (rest.length >= HEAD_BYTES) {
      const end = HEAD_BYTES + rest.readUInt16BE(1);
      if (rest.length < end) break;
      messages.push({ kind: rest.readUInt8(0), content: rest.subarray(HEAD_BYTES, end) });
      rest = rest.subarray(end);
    }
    return messages;
  };
}
