import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import type { Recording } from "../../model/recording.ts";
import { type Media, MediaError, type MediaFault } from "../../ports/media.ts";
import type { RecordedMedia } from "../../ports/recorded-media.ts";
import {
  type RecordingStorage,
  RecordingStorageError,
  type RecordingStorageFault,
} from "../../ports/recording-storage.ts";
import type { AudioStore } from "./audio-store.ts";
import { asMediaError } from "./media-fault.ts";

export type RecordedAudioParts = {
  /** How others reach the API. */
  readonly apiUrl: string;
  readonly store: AudioStore;
  readonly recordings: { get(id: string, customerId: string): Promise<Recording | undefined> };
  readonly files: RecordingStorage;
  /** Resolves when a recording has ended. */
  readonly ended: (recordingId: string, signal: AbortSignal) => Promise<void>;
  /** A caller who has just recorded something waits for it; a long recording is fetched and encoded meanwhile. */
  readonly deadlineMs: number;
};

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Plays recordings out of our storage. */
export function recordedAudio(parts: RecordedAudioParts): RecordedMedia {
  const { apiUrl, store, recordings, files, ended, deadlineMs } = parts;
  const base = `${apiUrl}/v1.0/recordings/`;
  const idIn = (url: string): string | undefined => {
    if (!url.startsWith(base)) return undefined;
    const [id = "", file = ""] = url.slice(base.length).split(/[/?#]/);
    return file === "file" && UUID.test(id) ? id.toLowerCase() : undefined;
  };

  async function finished({ id, url, customerId }: Wanted, signal: AbortSignal): Promise<Recording> {
    const recording = await recordings.get(id, customerId);
    if (!recording) throw new MediaError(url, "not_found", "there is no such recording", { remedy: UNKNOWN_REMEDY });
    if (recording.status === "ended") return recording;
    if (recording.status !== "stopping") {
      throw new MediaError(url, "not_finished", "the recording has not been stopped");
    }
    await ended(id, signal);
    return finished({ id, url, customerId }, signal);
  }

  async function media(wanted: Wanted, signal: AbortSignal): Promise<Media> {
    const { storage_key, fault } = await finished(wanted, signal);
    if (storage_key === null) {
      const why = `the recording has no file: ${fault ?? "nothing was recorded"}`;
      throw new MediaError(wanted.url, "not_found", why, { remedy: EMPTY_REMEDY });
    }
    await using scratch = store.scratch();
    await pipeline(await files.open(storage_key, { signal }), createWriteStream(scratch.path), { signal });
    const { id } = await store.add(scratch.path, signal);
    return { kind: "audio", id };
  }

  async function inTime(wanted: Wanted, signal: AbortSignal): Promise<Media> {
    const deadline = AbortSignal.timeout(deadlineMs);
    try {
      return await media(wanted, AbortSignal.any([signal, deadline]));
    } catch (error) {
      signal.throwIfAborted();
      throw deadline.aborted ? await late(wanted) : faultOf(error, wanted.url);
    }
  }

  /** What has taken too long. */
  async function late({ id, url, customerId }: Wanted): Promise<MediaError> {
    const recording = await recordings.get(id, customerId);
    if (recording?.status === "ended") {
      return new MediaError(url, "timeout", "the storage of recordings has not given it in time", {
        remedy: SLOW_REMEDY,
      });
    }
    const why = recording?.fault ? `: ${recording.fault}` : "";
    return new MediaError(url, "timeout", `the recording is not finished yet${why}`, { remedy: UNFINISHED_REMEDY });
  }

  return {
    urlOf: (recordingId) => `${base}${recordingId}/file`,
    find(given, customerId, signal) {
      const id = idIn(given);
      // Without what may follow: a key may stand there.
      return id === undefined ? undefined : inTime({ id, url: `${base}${id}/file`, customerId }, signal);
    },
  };
}

type Wanted = { readonly id: string; readonly url: string; readonly customerId: string };

const UNKNOWN_REMEDY = "give a recording that you have: GET /recordings lists them";
const EMPTY_REMEDY = "record it again";
const PATIENCE = "RINGDOWN_PLAY_DEADLINE_MS says how long it is waited for";
const SLOW_REMEDY = `look whether the storage of recordings runs, and can be reached from here; ${PATIENCE}`;
const UNFINISHED_REMEDY = `play it later, when recording_finished has told that its file is there; ${PATIENCE}`;

/** What keeps a recording from being heard; a failure of our own machine stays what it is. */
function faultOf(error: unknown, url: string): unknown {
  if (!(error instanceof RecordingStorageError)) return asMediaError(error, url);
  const { fault, message, remedy } = error;
  return new MediaError(url, storageFaults[fault], message, { remedy, cause: error });
}

const storageFaults: Readonly<Record<RecordingStorageFault, MediaFault>> = {
  full: "unreachable",
  unavailable: "unreachable",
  missing: "not_found",
  refused: "refused",
};
