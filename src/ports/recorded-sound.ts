import type { LiveSampleRate } from "./live-audio.ts";

/** Of which side: of a recording with two channels, the caller is left. */
export type RecordedChannel = "left" | "right" | "mixed";

/** The sound of one recording. */
export interface OpenRecording extends AsyncDisposable {
  readonly sampleRateHz: LiveSampleRate;
  /** 16 bit, little-endian, mono, in pieces of 100 ms, as fast as they are read. */
  read(channel: RecordedChannel): AsyncIterable<Uint8Array>;
}

/** Recordings to be listened to. */
export interface RecordedSound {
  /** @throws RecordingStorageError, an Error when it can't be decoded, or the signal's reason. */
  open(storageKey: string, signal: AbortSignal): Promise<OpenRecording>;
}
