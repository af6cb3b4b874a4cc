import type { Clock } from "../../ports/clock.ts";

/** Longer than any jitter, and than a busy machine keeps a frame; not longer than the pause that parts two sentences. */
const HOLE_MS = 500;
const FRAME_MS = 20;
const BYTES_A_SAMPLE = 2;

/**
 * The same audio, with frames of silence where nothing comes: phones that say nothing may send nothing, and recognizers would take
 * that for a fault, or for a sentence that is not over.
 */
export async function* withoutHoles(
  frames: AsyncIterable<Uint8Array>,
  sampleRateHz: number,
  clock: Clock,
): AsyncIterable<Uint8Array> {
  const over = new AbortController();
  const source = frames[Symbol.asyncIterator]();
  const look = () =>
    clock.sleepUntil(clock.now() + HOLE_MS, over.signal).then(
      () => undefined,
      () => undefined,
    );
  let heardMs = clock.now();
  let frame = source.next();
  let looking = look();
  try {
    for (;;) {
      const came = await Promise.race([frame, looking]);
      if (came?.done) return;
      const silentMs = clock.now() - heardMs;
      if (came) {
        heardMs = clock.now();
        yield came.value;
        frame = source.next();
      } else {
        looking = look();
        if (silentMs < HOLE_MS) continue;
        for (let silence = FRAME_MS; silence <= silentMs; silence += FRAME_MS) {
          heardMs += FRAME_MS;
          yield new Uint8Array((FRAME_MS * sampleRateHz * BYTES_A_SAMPLE) / 1_000);
        }
      }
    }
  } finally {
    over.abort();
    await source.return?.();
  }
}
