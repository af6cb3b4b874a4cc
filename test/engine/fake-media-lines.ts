import type { MediaLine, MediaLines } from "../../src/ports/media-lines.ts";
import { TelephonyError } from "../../src/ports/telephony.ts";

/** Lines without sound: `asked` records `line ID` and `unline ID` among what other fakes were asked. */
export type FakeMediaLines = MediaLines & {
  readonly open: MediaLines["open"];
  /** Those that are open. */
  readonly present: Map<string, MediaLine>;
  /** Addresses that refuse. */
  readonly refusing: Set<string>;
  /** A line ends by itself. */
  hangUp(lineId: string): void;
};

export function fakeMediaLines(asked: string[] = []): FakeMediaLines {
  const present = new Map<string, MediaLine>();
  const refusing = new Set<string>();
  let tellEnded: (lineId: string) => void = () => {};
  return {
    present,
    refusing,
    onEnded(listener) {
      tellEnded = listener;
    },
    async open(_channelId, line, signal) {
      asked.push(`line ${line.id}`);
      signal.throwIfAborted();
      if (refusing.has(line.address)) throw new TelephonyError("refused", "openLine", "nobody listens");
      present.set(line.id, line);
    },
    async close(lineId) {
      asked.push(`unline ${lineId}`);
      present.delete(lineId);
    },
    hangUp(lineId) {
      present.delete(lineId);
      tellEnded(lineId);
    },
  };
}
