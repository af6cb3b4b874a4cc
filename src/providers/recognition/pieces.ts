/** What a call brings at once, so that nothing waits for what follows. Clouds recommend 100 ms, and take any. */
export const LIVE_PIECE_MS = 20;

/** The same audio in pieces of this size, as clouds want it; what remains at the end is shorter. */
export async function* inPieces(audio: AsyncIterable<Uint8Array>, bytes: number): AsyncIterable<Buffer> {
  let waiting: Uint8Array[] = [];
  let length = 0;
  for await (const piece of audio) {
    waiting.push(piece);
    length += piece.length;
    if (length < bytes) continue;
    const all = Buffer.concat(waiting);
    const whole = length - (length % bytes);
    for (let at = 0; at < whole; at += bytes) yield all.subarray(at, at + bytes);
    waiting = [all.subarray(whole)];
    length -= whole;
  }
  if (length > 0) yield Buffer.concat(waiting);
}

/** Of 16 bit mono. */
export const bytesOf = (ms: number, sampleRateHz: number): number => (ms * sampleRateHz * 2) / 1_000;
