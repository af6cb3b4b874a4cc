import { RecordingStorageError, type RecordingStorageFault } from "../ports/recording-storage.ts";
import { TelephonyError } from "../ports/telephony.ts";

/** Why a recording is not in our storage yet, and what can be done about it. */
export type RecordingWait = { readonly why: string; readonly remedy: string };

/** What the error that keeps a recording waiting means to whoever asks for it. */
export function waitOf(error: unknown): RecordingWait {
  const why = error instanceof Error ? error.message : String(error);
  if (error instanceof RecordingStorageError) return { why, remedy: REMEDIES[error.fault] };
  if (error instanceof TelephonyError)
    return { why, remedy: "`npx ringdown doctor` tells what is wrong with Asterisk" };
  if (error instanceof Error && "code" in error && error.code === "ENOSPC") {
    return { why: "no room to make the file", remedy: "make room in RINGDOWN_DATA_DIR" };
  }
  return { why: "the file could not be made", remedy: "see the log of Ringdown" };
}

/** Both in one, as the API shows it. */
export const inWords = ({ why, remedy }: RecordingWait): string => `not in our storage yet: ${why}; ${remedy}`;

const REMEDIES: Readonly<Record<RecordingStorageFault, string>> = {
  full: "make room where recordings are kept",
  unavailable: "look whether the storage of recordings runs, and can be reached from here",
  missing: "look whether RINGDOWN_RECORDINGS_URL, or RINGDOWN_DATA_DIR, is right",
  refused:
    "look whether RINGDOWN_RECORDINGS_URL is right and Ringdown may write there: " +
    "for a bucket AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, for a folder its owner and mode",
};
