import type { Transcribe, TranscribeDirection } from "../model/transcribe.ts";

export type TranscribeOrder = {
  readonly language: string;
  readonly direction: TranscribeDirection;
  readonly provider: Transcribe["provider"];
  /** What is likely to be said. */
  readonly hints: readonly string[];
  /** Flow that runs when it is over. */
  readonly on_end_flow_id?: string | null;
};

/** The call, or confbridge, is being transcribed in that language already. */
export class TranscribeRunningError extends Error {
  override readonly name = "TranscribeRunningError";
  readonly transcribe_id: string;

  constructor({ id, language }: Pick<Transcribe, "id" | "language">) {
    super(`it is being transcribed in ${language} already: end that first, or take another language`);
    this.transcribe_id = id;
  }
}

/** Nobody is in the confbridge that is to be transcribed. */
export class NobodyThereError extends Error {
  override readonly name = "NobodyThereError";

  constructor() {
    super("nobody is in the conference");
  }
}

/** Turns what is said in the call of a step into text, beside whatever the call does. */
export interface Transcribing {
  /** An id for one that is to begin. */
  newId(): string;
  /**
   * Begins, under this id, and goes on until the call ends; repeated, it finds what it has begun. Resolves when the call is
   * heard: what is said after that is not missed.
   * @throws CallStateError unless the call is up, TranscribeRunningError, or RecognitionError when nobody could listen.
   */
  start(id: string, order: TranscribeOrder): Promise<void>;
  /** Ends all that the call has; nothing when it has none. What has been said is still understood. */
  stop(): Promise<void>;
}
