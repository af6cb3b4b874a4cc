import { open, stat } from "node:fs/promises";
import { join } from "node:path";
import type { TrackFile } from "../../ports/recorder.ts";
import type { RecordingEncoder } from "../../ports/recording-encoder.ts";
import type { RunTool } from "../run-tool.ts";

/** Encoding the longest call takes minutes. */
const DEADLINE_MS = 1_800_000;
/** Tracks that differ by more did not begin together, after a crash between the two; they always end together. */
const LONGEST_SKEW_MS = 100;
const HEAD_BYTES = 44;
const BYTES_PER_SAMPLE = 2;

/** Sox's names for what a customer may want. */
const TYPES = { wav: "wav", mp3: "mp3", ogg: "vorbis" } as const;

/** Encodes by sox. The length that a file claims is not believed: Asterisk writes it last, and may have been killed. */
export const recordingEncoder = (runTool: RunTool): RecordingEncoder => ({
  async encode(tracks, { format, channels }, folder, signal) {
    const measured = await Promise.all(tracks.map(measure));
    const durationMs = Math.max(...measured.map((track) => track.durationMs));
    const [only] = measured;
    const isReady = format === "wav" && channels === 1 && only?.claimsItsLength === true;
    const path = isReady ? only.path : join(folder, `encoded.${format}`);
    const run = (parameters: readonly string[]) =>
      runTool({ tool: "sox", parameters: ["-V1", ...parameters], deadlineMs: DEADLINE_MS }, signal);
    if (!isReady) {
      const aligned: Measured[] = [];
      for (const track of measured) {
        const lateMs = durationMs - track.durationMs;
        aligned.push(lateMs > LONGEST_SKEW_MS ? await delayed(track, lateMs, folder, run) : track);
      }
      const target = ["-t", TYPES[format], ...(format === "wav" ? ["-e", "signed-integer", "-b", "16"] : []), path];
      const merge = aligned.length > 1 ? ["-M"] : [];
      await run([
        ...merge,
        ...aligned.flatMap(({ path: from }) => source(from)),
        ...target,
        ...placing(tracks, channels),
      ]);
    }
    return { path, durationMs: Math.round(durationMs), size: (await stat(path)).size };
  },
});

type Measured = TrackFile & { readonly durationMs: number; readonly claimsItsLength: boolean };

async function measure(track: TrackFile): Promise<Measured> {
  await using file = await open(track.path);
  const { size } = await file.stat();
  const head = Buffer.alloc(HEAD_BYTES);
  await file.read(head, 0, HEAD_BYTES, 0);
  const rateHz = head.readUInt32LE(24) || 8_000;
  const bytes = Math.max(0, size - HEAD_BYTES);
  const claimsItsLength = head.readUInt32LE(40) === bytes;
  return { ...track, durationMs: (bytes / BYTES_PER_SAMPLE / rateHz) * 1_000, claimsItsLength };
}

async function delayed(
  track: Measured,
  byMs: number,
  folder: string,
  run: (parameters: readonly string[]) => Promise<unknown>,
): Promise<Measured> {
  const path = join(folder, `${track.track}-delayed.wav`);
  await run([...source(track.path), "-t", "wav", path, "pad", String(byMs / 1_000)]);
  return { ...track, path };
}

const source = (path: string): readonly string[] => ["-t", "wav", "--ignore-length", path];

/** Puts a track of two whose other is missing on its own side. */
function placing(tracks: readonly TrackFile[], channels: number): readonly string[] {
  if (channels === 1 || tracks.length > 1) return [];
  return tracks[0]?.track === "caller" ? ["remix", "1", "0"] : ["remix", "0", "1"];
}
