import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import type { Recording } from "../../model/recording.ts";
import { type Media, MediaError } from "../../ports/media.ts";
import type { RecordedMedia } from "../../ports/recorded-media.ts";
import type { RecordingStorage } from "../../ports/recording-storage.ts";
import type { AudioStore } from "./audio-store.ts";

export type RecordedAudioParts = {
  /** How others reach the API. */
  readonly apiUrl: string;
  readonly store: AudioStore;
  readonly recordings: { get(id: string, customerId: string): Promise<Recording | undefined> };
  readonly files: RecordingStorage;
  /** Resolves when a recording has ended. */
  readonly ended: (recordingId: string, signal: AbortSignal) => Promise<void>;
};

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** A caller who has just recorded something waits for it; a long recording is fetched and encoded meanwhile. */
const PATIENCE_MS = 30_000;

/** Plays recordings out of our storage. */
export function recordedAudio({ apiUrl, store, recordings, files, ended }: RecordedAudioParts): RecordedMedia {
  const base = `${apiUrl}/v1.0/recordings/`;
  const idIn = (url: string): string | undefined => {
    if (!url.startsWith(base)) return undefined;
    const [id = "", file = ""] = url.slice(base.length).split(/[/?#]/);
    return file === "file" && UUID.test(id) ? id.toLowerCase() : undefined;
  };

  async function finished(id: string, url: string, customerId: string, signal: AbortSignal): Promise<Recording> {
    const recording = await recordings.get(id, customerId);
    if (!recording) throw new MediaError(url, "not_found", "there is no such recording");
    if (recording.status === "ended") return recording;
    if (recording.status !== "stopping") throw new MediaError(url, "not_found", "the recording has not been stopped");
    const patience = AbortSignal.timeout(PATIENCE_MS);
    await ended(id, AbortSignal.any([signal, patience])).catch((error: unknown) => {
      throw patience.aborted ? new MediaError(url, "timeout", "the recording is not finished yet") : error;
    });
    return finished(id, url, customerId, signal);
  }

  async function media(id: string, url: string, customerId: string, signal: AbortSignal): Promise<Media> {
    const { storage_key } = await finished(id, url, customerId, signal);
    if (storage_key === null) throw new MediaError(url, "not_found", "nothing was recorded");
    await using scratch = store.scratch();
    await pipeline(await files.open(storage_key), createWriteStream(scratch.path), { signal });
    const { id: audioId } = await store.add(scratch.path, signal);
    return { kind: "audio", id: audioId };
  }

  return {
    urlOf: (recordingId) => `${base}${recordingId}/file`,
    find(given, customerId, signal) {
      const id = idIn(given);
      // Without what may follow: a key may stand there.
      return id === undefined ? undefined : media(id, `${base}${id}/file`, customerId, signal);
    },
  };
}
