import { open } from "node:fs/promises";
import { WAV_HEAD_BYTES } from "../../model/wav.ts";
import type { AudioFiles, Media } from "../../ports/media.ts";
import { type Speaker, SpeechError, type Voice } from "../../ports/speech.ts";

/** A second. */
const PIECE_BYTES = 32_000;

/** What a speaker says, as sound: while it is made, or from the file that was made of it. */
export const voiceOf = (speaker: Speaker, files: AudioFiles): Voice => ({
  async pronounce(request, signal) {
    const speech = await speaker.begin({ ...request, isUrgent: true }, signal);
    if ("sound" in speech) return speech;
    const { media, ...told } = speech;
    const path = await pathOf(media, files);
    if (path === undefined) throw new SpeechError(speech.attempts, "the speech is not there any more");
    return { ...told, sound: soundIn(path) };
  },
});

const pathOf = async (media: Media, files: AudioFiles): Promise<string | undefined> =>
  media.kind === "audio" ? files.find(media.id, "wav16") : undefined;

/** Files of ours have the plainest of heads. */
async function* soundIn(path: string): AsyncGenerator<Uint8Array> {
  await using file = await open(path);
  for (let at = WAV_HEAD_BYTES; ; at += PIECE_BYTES) {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(PIECE_BYTES), 0, PIECE_BYTES, at);
    if (bytesRead > 0) yield buffer.subarray(0, bytesRead - (bytesRead % 2));
    if (bytesRead < PIECE_BYTES) return;
  }
}
