import { RecordingStorageError } from "../../ports/recording-storage.ts";
import { RecognitionError } from "../../ports/speech-recognition.ts";
import { TelephonyError } from "../../ports/telephony.ts";

/** Why a transcription failed and what can be done about it, as the API shows it. */
export function inWords(error: unknown): string {
  const why = error instanceof Error ? error.message : String(error);
  return error instanceof RecognitionError ? why : `${why}; ${remedyOf(error)}`;
}

function remedyOf(error: unknown): string {
  if (error instanceof RecordingStorageError) return error.remedy;
  if (error instanceof TelephonyError) return "`npx ringdown doctor` tells what is wrong with Asterisk";
  return "see the log of Ringdown";
}
