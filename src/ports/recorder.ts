import type { RecordingSource } from "../model/recording.ts";

/** One recording in the switch. What it is made of there has ids that follow from its own. */
export type Take = {
  /** A UUID, ours to choose. */
  readonly id: string;
  readonly source: RecordingSource;
  /** 2: what a channel says and what it hears apart. */
  readonly channels: number;
  /** After so much silence it is silent; 0: never. */
  readonly silenceSeconds: number;
  /** It ends by itself after so long; 0: never. */
  readonly durationSeconds: number;
};

/** What a take left, as files: `mixed`, or what the caller said and what the others did, in step with each other. */
export type TrackName = "mixed" | "caller" | "others";
/** `whispered`: what was spoken over what the call heard; it begins so long after the others. */
export type TrackFile =
  | { readonly track: TrackName; readonly path: string }
  | { readonly track: "whispered"; readonly path: string; readonly atMs: number };

/**
 * What records in the switch. A take goes on without us, and what it has written stays until it is removed. Every
 * operation may be repeated. All reject with a TelephonyError or the signal's reason.
 */
export interface Recorder {
  /** Registers the one listener: hears of a take that ended, by itself or not; perhaps more than once. */
  onEnded(listener: (takeId: string) => void): void;
  /** Registers the one listener: hears of a take that may be silent now. */
  onSilence(listener: (takeId: string) => void): void;
  /**
   * Begins, or finds what has begun, or has ended already.
   * @throws TelephonyError `gone` when what is to be recorded is.
   */
  start(take: Take, signal: AbortSignal): Promise<void>;
  /** Takes over a take of an earlier process, of which there is so much already. */
  goOn(take: Take, soFarMs: number): Promise<void>;
  /** From now on nothing is written. Nothing when it has ended. */
  pause(take: Take): Promise<void>;
  /** Silence counts from then on. */
  resume(take: Take): Promise<void>;
  /** When it resolves, nothing is recorded any more. */
  stop(take: Take): Promise<void>;
  isRunning(take: Take, signal: AbortSignal): Promise<boolean>;
  /** Whether it runs, and nobody has spoken for long enough; not to be believed of one that is paused. */
  isSilent(take: Take): Promise<boolean>;
  /** Writes what was recorded into a folder, a file for each track; none where nothing was. */
  fetch(take: Take, folder: string, signal: AbortSignal): Promise<readonly TrackFile[]>;
  /** Removes what was recorded. */
  remove(take: Take): Promise<void>;
}
