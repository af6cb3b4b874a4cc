import type { ExternalMedia } from "../model/external-media.ts";

export type ExternalMediaOrder = Omit<ExternalMedia, "id">;

/** `refused`: such a host must not be reached; `ended`: it was there, and is gone. */
export type ExternalMediaFault = "too_many" | "refused" | "unreachable" | "ended";

/** There is no audio to or from a host. The host is named without what may be secret in its URL. */
export class ExternalMediaError extends Error {
  override readonly name = "ExternalMediaError";
  readonly fault: ExternalMediaFault;
  readonly host: string;
  readonly remedy: string;

  constructor(fault: ExternalMediaFault, host: string, message: string, remedy: string, options?: ErrorOptions) {
    super(message, options);
    this.fault = fault;
    this.host = host;
    this.remedy = remedy;
  }
}

/** Audio between the call of a step and other hosts, which goes on when the step is over. */
export interface ExternalMediaControl {
  /**
   * Resolves when the host is connected, or, by RTP, when audio is on its way. Safe to ask for again after a crash. Rejects
   * with the signal's reason when the call ends. @throws ExternalMediaError
   */
  start(order: ExternalMediaOrder): Promise<void>;
  /** Stops all of the call; resolves with how many there were. */
  stop(): Promise<number>;
}
