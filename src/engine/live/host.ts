import type { CarriedMedia } from "./carrier.ts";

/** A user's server to which we carry the audio of a call ourselves, in the format that was asked for. */
export interface Host extends AsyncDisposable {
  /** What it says. Ends with the connection. One reader. */
  readonly audio: AsyncIterable<Uint8Array>;
  /** False, and nothing is sent, when it does not take what it was sent before. */
  send(frame: Uint8Array): boolean;
  /** Registers the one listener to its wish that what it has said and nobody has heard be thrown away. */
  onClear(listener: () => void): void;
  /** Aborts when it is gone; the reason says why. */
  readonly signal: AbortSignal;
}

/** Connects to the host, and says what follows. @throws OutboundError, or the signal's reason. */
export type ConnectHost = (carried: CarriedMedia) => Promise<Host>;
