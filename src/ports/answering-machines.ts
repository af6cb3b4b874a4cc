import type { TelephonyEvent } from "./telephony.ts";

/** Tells people from answering machines by how they answer. */
export interface AnsweringMachines {
  /**
   * Begins to listen to a call, beside whatever it does, under an id of our choice; repeated, it listens once. The event
   * `machine_detected` brings the verdict. Rejects with a TelephonyError or the signal's reason.
   */
  listen(channelId: string, detectionId: string, signal: AbortSignal): Promise<void>;
  /** Verdicts that were told, and that nobody has taken note of: who listened is there still. */
  told(signal: AbortSignal): Promise<readonly MachineDetected[]>;
}

export type MachineDetected = Extract<TelephonyEvent, { type: "machine_detected" }>;

/** What is known of who answered; the cause is the switch's own word for why. */
export type MachineVerdict = { readonly status: "HUMAN" | "MACHINE" | "NOTSURE" | "HANGUP"; readonly cause: string };

/** Finds out who answered the call of a step. */
export interface MachineDetector {
  /** Begins to listen, beside whatever the call does; with `hangUp`, a machine is hung up as soon as it is known. */
  begin(hangUp: boolean): Promise<void>;
  /** Who answered, once that is known; rejects with the signal's reason. */
  verdict(signal: AbortSignal): Promise<MachineVerdict>;
}
