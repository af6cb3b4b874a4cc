/** A connection to a user's server. It is over when either side closes it, or when it is disposed of. */
export interface OutboundConnection extends AsyncDisposable {
  /** What comes, in order; who reads slowly slows the other side down. Ends with the connection. One reader. */
  readonly data: AsyncIterable<Uint8Array>;
  /** False, and nothing is sent, when the other side does not take what it was sent before. */
  send(bytes: Uint8Array): boolean;
  /** Aborts when it is over; the reason, an OutboundError, says why. */
  readonly signal: AbortSignal;
}

/** A WebSocket, whose data are its binary messages. */
export interface OutboundSocket extends OutboundConnection {
  /** Throws away the data that has come and has not been read. */
  forget(): void;
  /** Registers the one listener to text messages; they overtake data that waits to be read. */
  onText(listener: (text: string) => void): void;
  send(message: string | Uint8Array): boolean;
}

/** Hosts that users name for live audio: guarded as their URLs are. */
export interface OutboundMedia {
  /** The address and port of `host:port`. @throws OutboundError, or the signal's reason. */
  resolve(hostAndPort: string, signal: AbortSignal): Promise<string>;
  /** Connects to `host:port` by TCP. @throws OutboundError, or the signal's reason. */
  dial(hostAndPort: string, signal: AbortSignal): Promise<OutboundConnection>;
  /** Connects to a WebSocket's URL. @throws OutboundError, or the signal's reason. */
  connect(url: string, signal: AbortSignal): Promise<OutboundSocket>;
}
