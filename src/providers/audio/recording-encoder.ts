import { open, stat } from "node:fs/promises";
import { join } from "node:path";
import type { TrackFile, TrackName } from "../../ports/recorder.ts";
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
  async encode(all, { format, channels }, folder, signal) {
    const run = (parameters: readonly string[]) =>
      runTool({ tool: "sox", parameters: ["-V1", ...parameters], deadlineMs: DEADLINE_MS }, signal);
    const tracks = await withWhispers(all, folder, run);
    const measured = await Promise.all(tracks.map(measure));
    const durationMs = Math.max(...measured.map((track) => track.durationMs));
    const [only] = measured;
    const isReady = format === "wav" && channels === 1 && only?.claimsItsLength === true;
    const path = isReady ? only.path : join(folder, `encoded.${format}`);
    if (!isReady) {
      const aligned: Measured[] = [];
      for (const track of measured) {
        const lateMs = durationMs - track.durationMs;
        const how = { byMs: lateMs, rateHz: track.rateHz, to: join(folder, `${track.track}-delayed.wav`) };
        const path = lateMs > LONGEST_SKEW_MS ? await delayed(track.path, how, run) : track.path;
        aligned.push({ ...track, path });
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

type Track = Extract<TrackFile, { track: TrackName }>;
type Measured = Track & { readonly durationMs: number; readonly rateHz: number; readonly claimsItsLength: boolean };
type Run = (parameters: readonly string[]) => Promise<unknown>;

/** Puts what was whispered to the call where the call heard it: among what the others said. */
async function withWhispers(all: readonly TrackFile[], folder: string, run: Run): Promise<readonly Track[]> {
  const tracks = all.filter((file) => file.track !== "whispered");
  const whispered = all.filter((file) => file.track === "whispered");
  const heard = tracks.find(({ track }) => track !== "caller");
  if (!heard || whispered.length === 0) return tracks;
  const { durationMs, rateHz } = await measure(heard);
  const late: string[] = [];
  for (const [index, { path, atMs }] of whispered.entries()) {
    late.push(await delayed(path, { byMs: atMs, rateHz, to: join(folder, `whispered-${index}.wav`) }, run));
  }
  const path = join(folder, `${heard.track}-with-whispers.wav`);
  const sources = [heard.path, ...late].flatMap((from) => ["-v", "1", ...source(from)]);
  await run(["-m", ...sources, "-t", "wav", path, "trim", "0", String(durationMs / 1_000)]);
  return tracks.map((track) => (track === heard ? { ...heard, path } : track));
}

async function measure(track: Track): Promise<Measured> {
  await using file = await open(track.path);
  const { size } = await file.stat();
  const head = Buffer.alloc(HEAD_BYTES);
  await file.read(head, 0, HEAD_BYTES, 0);
  const rateHz = head.readUInt32LE(24) || 8_000;
  const bytes = Math.max(0, size - HEAD_BYTES);
  const claimsItsLength = head.readUInt32LE(40) === bytes;
  return { ...track, rateHz, durationMs: (bytes / BYTES_PER_SAMPLE / rateHz) * 1_000, claimsItsLength };
}

type Delay = { readonly byMs: number; readonly rateHz: number; readonly to: string };

/** Writes the same sound behind so much silence, at this rate; where it is then. */
async function delayed(path: string, { byMs, rateHz, to }: Delay, run: Run): Promise<string> {
  await run([...source(path), "-r", String(rateHz), "-t", "wav", to, "pad", String(byMs / 1_000)]);
  return to;
}

const source = (path: string): readonly string[] => ["-t", "wav", "--ignore-length", path];

/** Puts a track of two whose other is missing on its own side. */
function placing(tracks: readonly Track[], channels: number): readonly string[] {
  if (channels === 1 || tracks.length > 1) return [];
  return tracks[0]?.track === "caller" ? ["remix", "1", "0"] : ["remix", "0", "1"];
}
