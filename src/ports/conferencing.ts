import type { Conference } from "../model/conference.ts";
import type { LeaveReason } from "../model/conferencecall.ts";

export type ConferencingFault = "unknown" | "ended" | "locked";

/** A call can't get into a conference. */
export class ConferencingError extends Error {
  override readonly name = "ConferencingError";
  readonly reason: ConferencingFault;
  /** What can be done about it. */
  readonly remedy: string;

  constructor(reason: ConferencingFault, message: string, remedy: string) {
    super(message);
    this.reason = reason;
    this.remedy = remedy;
  }
}

/** Conferences as one step of a call sees them: those of its customer. */
export interface Conferencing {
  /** The conference, if the call could get in now. @throws ConferencingError */
  find(conferenceId: string): Promise<Conference>;
  /**
   * Puts the call into a confbridge, and resolves when it is out of it again, with why; a step is in one at most. Repeated
   * after a crash, it finds the call where it is.
   * @throws ConferencingError; rejects with the signal's reason when the call ends.
   */
  join(confbridgeId: string): Promise<LeaveReason>;
}
