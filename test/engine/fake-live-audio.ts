import type { BridgeStreamOrder, LiveAudio, LiveStream, StreamOrder } from "../../src/ports/live-audio.ts";

/** A stream whose other end is the test. */
export type FakeStream = {
  readonly order: StreamOrder | BridgeStreamOrder;
  /** What was sent, thrown away or not. */
  readonly sent: Uint8Array[];
  readonly isOpen: boolean;
  /** The call says something. */
  say(frame: Uint8Array): void;
  /** The stream ends, as it does with its call. */
  end(): void;
};

export type FakeLiveAudio = LiveAudio & {
  /** Those that were opened, in order. */
  readonly streams: readonly FakeStream[];
};

/** Streams without sound; `asked` records `listen ID`, `flush ID` and `unlisten ID` among what other fakes were asked. */
export function fakeLiveAudio(asked: string[] = []): FakeLiveAudio {
  const streams: FakeStream[] = [];

  async function open(order: StreamOrder | BridgeStreamOrder): Promise<LiveStream> {
    asked.push(`listen ${order.streamId}`);
    const ended = new AbortController();
    const waiting: Uint8Array[] = [];
    const sent: Uint8Array[] = [];
    let news = Promise.withResolvers<void>();
    const tell = () => {
      news.resolve();
      news = Promise.withResolvers();
    };
    const end = () => {
      ended.abort(new Error("the stream has ended"));
      tell();
    };
    streams.push({
      order,
      sent,
      get isOpen() {
        return !ended.signal.aborted;
      },
      say(frame) {
        waiting.push(frame);
        tell();
      },
      end,
    });
    return {
      signal: ended.signal,
      frames: {
        async *[Symbol.asyncIterator]() {
          for (;;) {
            const frame = waiting.shift();
            if (frame) yield frame;
            else if (ended.signal.aborted) return;
            else await news.promise;
          }
        },
      },
      async send(audio, signal) {
        signal.throwIfAborted();
        sent.push(audio);
      },
      async drained(signal) {
        signal.throwIfAborted();
      },
      flush: () => void asked.push(`flush ${order.streamId}`),
      async [Symbol.asyncDispose]() {
        asked.push(`unlisten ${order.streamId}`);
        end();
      },
    };
  }
  return { streams, open, openInBridge: open, close: async (streamId) => void asked.push(`close ${streamId}`) };
}
