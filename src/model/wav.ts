export const WAV_HEAD_BYTES = 44;
const BYTES_PER_SAMPLE = 2;

/** The head of a WAV file with so many bytes of 16-bit mono sound. */
export function wavHead(pcmBytes: number, sampleRateHz: number): Buffer {
  const head = Buffer.alloc(WAV_HEAD_BYTES);
  head.write("RIFF", 0, "latin1");
  head.writeUInt32LE(WAV_HEAD_BYTES - 8 + pcmBytes, 4);
  head.write("WAVEfmt ", 8, "latin1");
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(sampleRateHz, 24);
  head.writeUInt32LE(sampleRateHz * BYTES_PER_SAMPLE, 28);
  head.writeUInt16LE(BYTES_PER_SAMPLE, 32);
  head.writeUInt16LE(8 * BYTES_PER_SAMPLE, 34);
  head.write("data", 36, "latin1");
  head.writeUInt32LE(pcmBytes, 40);
  return head;
}

/** 16-bit mono sound as a WAV file. */
export const wavOf = (pcm: Uint8Array, sampleRateHz: number): Buffer =>
  Buffer.concat([wavHead(pcm.length, sampleRateHz), pcm]);

/** The sound in a WAV file; what has no such head is sound from its first byte. */
export function pcmIn(wav: Buffer): Buffer {
  if (wav.toString("latin1", 0, 4) !== "RIFF") return wav;
  for (let at = 12; at + 8 <= wav.length; ) {
    const size = wav.readUInt32LE(at + 4);
    if (wav.toString("latin1", at, at + 4) === "data") return wav.subarray(at + 8, at + 8 + size);
    // Chunks begin at even places.
    at += 8 + size + (size % 2);
  }
  return Buffer.alloc(0);
}
