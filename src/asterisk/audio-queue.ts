/** Frames from the one who hears them to the one who reads them; the oldest are lost when nobody reads for long. */

/** Ten seconds of frames. */
const MOST_FRAMES = 500;

export type AudioQueue = AsyncIterable<Uint8Array> & { add(frame: Uint8Array): void; end(): void };

export function createAudioQueue(): AudioQueue {
  const frames: Uint8Array[] = [];
  let hasEnded = false;
  let wake = () => {};
  return {
    add(frame) {
      frames.push(frame);
      if (frames.length > MOST_FRAMES) frames.shift();
      wake();
    },
    end() {
      hasEnded = true;
      wake();
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const frame = frames.shift();
        if (frame) yield frame;
        else if (hasEnded) return;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}
