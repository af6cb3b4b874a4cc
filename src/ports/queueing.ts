import type { Queue } from "../model/queue.ts";
import type { Queuecall } from "../model/queuecall.ts";

/** The caller can't have this place in line. */
export class QueueingError extends Error {
  override readonly name = "QueueingError";
  /** What can be done about it. */
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}

/** What a caller in a queue is to do now: wait on, talk to the agent who has answered, or leave. */
export type Turn = "waiting" | "answered" | "over";

/** A call's place in a queue. It is kept while the flow does something else, until its turn has come. */
export interface QueuePlace {
  /** As it is now. */
  readonly record: Queuecall;
  /** Undefined when it has been removed. */
  readonly queue: Queue | undefined;
  /** What is to be done now. Who has been told `waiting` is interrupted when that changes. */
  turn(signal: AbortSignal): Promise<Turn>;
  /** Resolves when the turn is `waiting` no longer, or at that time. */
  waitUntil(atMs: number, signal: AbortSignal): Promise<void>;
  /** Plays music until the turn is `waiting` no longer. */
  listenToMusic(signal: AbortSignal): Promise<void>;
  /** Lets the caller talk with the agent who has answered, until that is over; who has hung up before is not waited for. */
  talk(signal: AbortSignal): Promise<void>;
  /** Gives the place up, if the caller still has it. */
  leave(): void;
  /** The flow goes on: nobody will ask for this place again. */
  forget(): Promise<void>;
}

/** The queues of the customer whose call this is. */
export interface Queueing {
  /** An id for a place in line. */
  newId(): string;
  /**
   * Takes a place at the end of the line, or finds the one of this id, whatever has become of it.
   * @throws QueueingError when there is no such queue, or the call waits in one already; DialLoopError.
   */
  join(queueId: string, queuecallId: string): Promise<QueuePlace>;
}
