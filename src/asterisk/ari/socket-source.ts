import type { WebSocket } from "ws";

/** Where sockets to Asterisk come from: we are dialled, or we dial. */
export type SocketSource = {
  /** Resolves when sockets can come; rejects when they never can. */
  start(opened: (socket: WebSocket) => void, failed: (reason: string) => void): Promise<void>;
  /** Tells that the last socket has ended. */
  lost(): void;
  close(): Promise<void>;
};
