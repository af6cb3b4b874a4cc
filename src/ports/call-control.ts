import type { Address } from "../model/address.ts";
import type { CallDirection, CallStatus } from "../model/call.ts";
import type { Media } from "./media.ts";
import type { BegunSpeech, Speech } from "./speech.ts";
import type { DigitTones } from "./telephony.ts";

/** How a playback ended. `interrupted`: a digit stopped it; `failed`: the switch could not play it. */
export type PlaybackEnd = "finished" | "interrupted" | "failed";

export type PlayChoice = {
  /** A digit pressed since the step began, or while it plays, ends it. */
  readonly untilDigit?: boolean;
};

/**
 * A call as one step sees it. Every promise rejects with the signal's reason when the call ends, and every operation
 * may be repeated after a crash: what is done already is not done twice.
 */
export interface CallControl {
  readonly id: string;
  readonly direction: CallDirection;
  readonly source: Address;
  readonly destination: Address;
  readonly status: CallStatus;
  /** Answers an unanswered call; nothing on an answered one. */
  answer(): Promise<void>;
  /** Plays these one after the other, as early media (183) while the call is unanswered. */
  play(media: readonly Media[], choice?: PlayChoice): Promise<PlaybackEnd>;
  /**
   * The same with speech, which may still be in the making. Rejects with what that rejects with, in the middle of it.
   */
  say(speech: Speech | BegunSpeech, choice?: PlayChoice): Promise<PlaybackEnd>;
  /** Sends digits to the other side; resolves when the last tone is out. Never sends them twice. */
  sendDigits(tones: DigitTones): Promise<void>;
  /** Lets the other side hear itself until the result is disposed of. */
  echo(): Promise<AsyncDisposable>;
}
