import type { ExternalMedia } from "../model/external-media.ts";

/** A line to a host that the switch itself reaches, by RTP. */
export type MediaLine = Pick<ExternalMedia, "id" | "format" | "direction"> & {
  /** Address and port; a name has been looked up, and checked. */
  readonly address: string;
};

/**
 * Audio of calls to and from hosts, carried by the switch without us: it goes on while we are away. A line serves a call
 * beside whatever that does, and ends with it, or when it is closed.
 */
export interface MediaLines {
  /** Registers the one listener for lines that ended other than by `close`. */
  onEnded(listener: (lineId: string) => void): void;
  /** Opens a line; one that there is goes on untouched. @throws TelephonyError, or the signal's reason. */
  open(channelId: string, line: MediaLine, signal: AbortSignal): Promise<void>;
  /** Nothing when there is none, or no longer. */
  close(lineId: string): Promise<void>;
}
