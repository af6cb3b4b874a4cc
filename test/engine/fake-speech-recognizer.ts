import type { Heard, ListenRequest, SpeechRecognizer } from "../../src/ports/speech-recognition.ts";

/** One listening, whose words the test brings. */
export type FakeListening = {
  readonly request: ListenRequest;
  /** Bytes of audio that have come. */
  readonly heardBytes: number;
  /** Whether somebody still listens, and there is still audio. */
  readonly isOpen: boolean;
  /** Something is understood, for good unless told otherwise. */
  understand(text: string, more?: Partial<Heard>): void;
  /** No provider can go on. */
  fail(error: Error): void;
};

export type FakeSpeechRecognizer = SpeechRecognizer & {
  /** Those that began, in order. */
  readonly listenings: readonly FakeListening[];
};

/** Understands what the test says, and nothing else. */
export function fakeSpeechRecognizer(): FakeSpeechRecognizer {
  const listenings: FakeListening[] = [];

  async function* listen(request: ListenRequest, signal: AbortSignal): AsyncIterable<Heard> {
    const understood: Heard[] = [];
    let heardBytes = 0;
    let isOpen = true;
    let failure: Error | undefined;
    let news = Promise.withResolvers<void>();
    const tell = () => {
      news.resolve();
      news = Promise.withResolvers();
    };
    const fail = (error: Error) => {
      failure = error;
      tell();
    };
    listenings.push({
      request,
      get heardBytes() {
        return heardBytes;
      },
      get isOpen() {
        return isOpen;
      },
      understand(text, more = {}) {
        const atMs = heardBytes / (request.sampleRateHz * 0.002);
        understood.push({ text, isFinal: true, startMs: atMs, endMs: atMs, provider: "fake", ...more });
        tell();
      },
      fail,
    });
    const end = () => {
      isOpen = false;
      tell();
    };
    const takeAll = async () => {
      for await (const frame of request.audio) heardBytes += frame.length;
      end();
    };
    takeAll().catch(fail);
    signal.addEventListener("abort", end, { once: true });
    try {
      for (;;) {
        const next = understood.shift();
        if (next) yield next;
        else if (signal.aborted) throw signal.reason;
        else if (failure) throw failure;
        else if (!isOpen) return;
        else await news.promise;
      }
    } finally {
      isOpen = false;
    }
  }

  return { listenings, check: () => {}, listen };
}
