import { RecordingError, type RecordingFault } from "../ports/call-recorder.ts";
import { CallStateError } from "../ports/engine-control.ts";
import { RecordingStorageError } from "../ports/recording-storage.ts";
import { PageTokenError } from "../ports/resource-store.ts";
import { SpeechError } from "../ports/speech.ts";
import { RecognitionError } from "../ports/speech-recognition.ts";
import { StorageError, type StorageFault } from "../ports/storage-error.ts";
import { TelephonyError } from "../ports/telephony.ts";
import { NobodyThereError, TranscribeRunningError } from "../ports/transcribing.ts";
import { VariableLimitError } from "../ports/variables.ts";
import { Problem } from "./problem.ts";
import type { Reason } from "./reasons.ts";

/** What the sender of a request is told about whatever went wrong with it; what we did not foresee stays in the log. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof StorageError) return ofStorage(error);
  if (error instanceof PageTokenError) {
    return new Problem("INVALID_PAGE_TOKEN", "page_token is not one that a list has returned", [
      { path: "page_token", message: "not a page token", expected: "next_page_token of the page before" },
    ]);
  }
  if (error instanceof TelephonyError) {
    return new Problem("TELEPHONY_UNAVAILABLE", "Asterisk cannot be reached now, try again later", [], {
      cause: error,
    });
  }
  if (error instanceof CallStateError) {
    const [reason, remedy] = CALL_STATE[error.state];
    return new Problem(reason, `${error.message}: ${remedy}`);
  }
  if (error instanceof SpeechError) {
    const details = error.attempts.map(({ provider, fault, error: why, remedy }) => ({
      path: "provider",
      message: why ?? fault ?? "no audio",
      expected: remedy ?? "a voice that speaks this text in this language",
      received: provider,
    }));
    return new Problem("SPEECH_UNAVAILABLE", "no voice could speak the text", details, { cause: error });
  }
  if (error instanceof TranscribeRunningError) return new Problem("TRANSCRIBE_RUNNING", error.message);
  if (error instanceof NobodyThereError) return new Problem("CONFERENCE_EMPTY", error.message);
  if (error instanceof RecognitionError) return new Problem("TRANSCRIPTION_UNAVAILABLE", error.message);
  if (error instanceof RecordingError) {
    return new Problem(RECORDING[error.fault], error.message, [], { cause: error });
  }
  if (error instanceof RecordingStorageError) {
    const isMissing = error.fault === "missing";
    const message = isMissing
      ? "the file of the recording is gone"
      : "the recordings cannot be reached now, try again later";
    return new Problem(isMissing ? "RESOURCE_NOT_FOUND" : "RECORDINGS_UNAVAILABLE", message, [], { cause: error });
  }
  if (error instanceof VariableLimitError) {
    const path = `variables.${error.variable}`;
    return new Problem("VARIABLES_TOO_LARGE", error.message, [
      { path, message: error.message, expected: `at most ${error.limitBytes} bytes` },
    ]);
  }
  return ofFramework(error) ?? new Problem("UNEXPECTED", "something went wrong on our side", [], { cause: error });
}

const CALL_STATE: Readonly<Record<CallStateError["state"], readonly [Reason, string]>> = {
  unanswered: ["CALL_NOT_ANSWERED", "ask again when its status is progressing"],
  ended: ["CALL_ENDED", "only a new call can be worked on, POST /v1.0/calls makes one"],
};

const RECORDING: Readonly<Record<RecordingFault, Reason>> = {
  running: "RECORDING_RUNNING",
  unanswered: "CALL_NOT_ANSWERED",
  ended: "CALL_ENDED",
  empty: "CONFERENCE_EMPTY",
  over: "RECORDING_OVER",
  failed: "RECORDING_FAILED",
};

const STORAGE: Readonly<Record<StorageFault, readonly [Reason, string]>> = {
  conflict: ["RESOURCE_EXISTS", "something with the same id or unique field exists already"],
  full: ["STORAGE_FULL", "the disk is full, nothing can be stored"],
  read_only: ["STORAGE_READ_ONLY", "the storage is read-only, nothing can be stored"],
  unavailable: ["STORAGE_UNAVAILABLE", "the storage cannot be reached now, try again later"],
  corrupt: ["STORAGE_FAILED", "the storage is damaged"],
  unknown: ["STORAGE_FAILED", "the storage failed"],
};

function ofStorage(error: StorageError): Problem {
  const [reason, message] = STORAGE[error.fault];
  return new Problem(reason, message, [], { cause: error });
}

const FRAMEWORK: Readonly<Record<string, readonly [Reason, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ["BODY_TOO_LARGE", "the body is larger than 1 MiB"],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ["UNSUPPORTED_CONTENT_TYPE", "send the body as application/json"],
  FST_ERR_CTP_INVALID_JSON_BODY: ["INVALID_JSON", "the body is not valid JSON"],
};

/** Errors that the HTTP framework raises itself: they carry a code and, if the sender is to blame, a status of 4xx. */
function ofFramework(error: unknown): Problem | undefined {
  if (!(error instanceof Error) || !("statusCode" in error)) return undefined;
  const { statusCode } = error;
  if (typeof statusCode !== "number" || statusCode < 400 || statusCode > 499) return undefined;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  const [reason, message] = FRAMEWORK[code] ?? ["MALFORMED_REQUEST" as const, "the request is malformed"];
  return new Problem(reason, message, [], { cause: error });
}
