/** Frames on their way from the one who hears them to the one who understands them; none is lost. */
export type AudioPipe = AsyncIterable<Uint8Array> & { add(frame: Uint8Array): void; end(): void };

export function createAudioPipe(): AudioPipe {
  const frames: Uint8Array[] = [];
  let hasEnded = false;
  let wake = () => {};
  return {
    add(frame) {
      frames.push(frame);
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
