import { orAborted } from "../../ports/or-aborted.ts";

/** The same, but nobody waits for what does not come. Rejects with the signal's reason. */
export async function* readUntil(signal: AbortSignal, sound: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const parts = sound[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { done, value } = await orAborted(parts.next(), signal);
      if (done) return;
      yield value;
    }
  } finally {
    // What is stuck ends when it comes loose.
    void parts.return?.().catch(() => undefined);
  }
}
