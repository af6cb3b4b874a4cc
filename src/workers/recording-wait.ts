import { RecordingStorageError } from "../ports/recording-storage.ts";
import { TelephonyError } from "../ports/telephony.ts";

/** Why a recording is not in our storage yet, and what can be done about it. */
export type RecordingWait = { readonly why: string; readonly remedy: string };

/** What the error that keeps a recording waiting means to whoever asks for it. */
export function waitOf(error: unknown): RecordingWait {
  const why = error instanceof Error ? error.message : String(error);
  if (error instanceof RecordingStorageError) return { why, remedy: error.remedy };
  if (error instanceof TelephonyError)
    return { why, remedy: "`npx ringdown doctor` tells what is wrong with Asterisk" };
  if (error instanceof Error && "code" in error && error.code === "ENOSPC") {
    return { why: "no room to make the file", remedy: "make room in RINGDOWN_DATA_DIR" };
  }
  return { why: "the file could not be made", remedy: "see the log of Ringdown" };
}

/** Both in one, as the API shows it. */
export const inWords = ({ why, remedy }: RecordingWait): string => `not in our storage yet: ${why}; ${remedy}`;
