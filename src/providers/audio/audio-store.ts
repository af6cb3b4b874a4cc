import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { LRUCache } from "lru-cache";
import type { AudioFiles, AudioFormat } from "../../ports/media.ts";
import type { DiskLimit } from "../disk-limit.ts";
import type { RunTool } from "../run-tool.ts";
import { audioTypeOf } from "./audio-type.ts";
import { convert } from "./convert.ts";

/** A file is not audio that we can read. */
export class NotAudioError extends Error {
  override readonly name = "NotAudioError";
}

export type StoredAudio = { readonly id: string; readonly durationMs: number };

/** A path for a file in the making; gone when disposed. */
export type ScratchFile = AsyncDisposable & { readonly path: string };

/** Audio of ours on disk, by the hash of its content. */
export interface AudioStore extends AudioFiles {
  scratch(): ScratchFile;
  /** Keeps what is in the file, converted; the file itself stays. @throws NotAudioError, ToolError */
  add(path: string, signal: AbortSignal): Promise<StoredAudio>;
}

/**
 * A file that was there is taken to be there still: what is used is not removed to make room. Only somebody who removes
 * files by hand may have callers hear nothing for that long.
 */
const SEEN_MS = 5_000;
const MAX_SEEN = 10_000;

const WAV_HEAD_BYTES = 44;
/** Of all sound that is kept, and of what becomes that: 16 bits, 16,000 times a second. */
export const BYTES_PER_MS = 32;

/** Opens the store in a folder, and clears away what a crash left half done. One process at a time. */
export async function openAudioStore(directory: string, runTool: RunTool, limit: DiskLimit): Promise<AudioStore> {
  const temporary = join(directory, "temporary");
  const pathOf = (id: string, format: AudioFormat) => join(audioFolder(directory), id.slice(0, 2), `${id}.${format}`);
  const seen = new LRUCache<string, true>({ max: MAX_SEEN, ttl: SEEN_MS });
  const scratch = (): ScratchFile => {
    const path = join(temporary, randomUUID());
    return { path, [Symbol.asyncDispose]: () => rm(path, { force: true }) };
  };
  await rm(temporary, { recursive: true, force: true });
  await mkdir(temporary, { recursive: true });

  return {
    scratch,
    async find(id, format) {
      const path = pathOf(id, format);
      await limit.use(path);
      if (seen.has(path)) return path;
      if (!(await exists(path))) return undefined;
      seen.set(path, true);
      return path;
    },
    async add(source, signal) {
      const type = await audioTypeOf(source);
      if (!type) throw new NotAudioError("this is not WAV, MP3, OGG or FLAC");
      await using wide = scratch();
      await using narrow = scratch();
      await convert(runTool, { from: source, type, to: wide.path, rateHz: 16_000 }, signal);
      const [id, durationMs] = await Promise.all([hashOf(wide.path, signal), durationOf(wide.path)]);
      await limit.use(pathOf(id, "wav16"));
      // The wide one is written last: where it is, all is.
      if (await exists(pathOf(id, "wav16"))) return { id, durationMs };
      await convert(runTool, { from: wide.path, type: "wav", to: narrow.path, rateHz: 8_000 }, signal);
      await mkdir(dirname(pathOf(id, "wav")), { recursive: true });
      await settle(narrow.path, pathOf(id, "wav"));
      await settle(wide.path, pathOf(id, "wav16"));
      limit.grow(durationMs * (BYTES_PER_MS + BYTES_PER_MS / 2));
      return { id, durationMs };
    },
  };
}

/** Where the audio lies; what is in the making is elsewhere. */
export const audioFolder = (directory: string): string => join(directory, "audio");

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );

const durationOf = async (path: string): Promise<number> => ((await stat(path)).size - WAV_HEAD_BYTES) / BYTES_PER_MS;

async function hashOf(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash, { signal });
  return hash.digest("hex");
}

/** Puts a file in its place, its bytes first: after a power cut no name leads to an empty file. */
async function settle(from: string, to: string): Promise<void> {
  {
    await using file = await open(from);
    await file.sync();
  }
  await rename(from, to);
}
