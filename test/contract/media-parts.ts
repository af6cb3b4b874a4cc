import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { OutboundHttp } from "../../src/ports/outbound-http.ts";
import { type AudioStore, openAudioStore } from "../../src/providers/audio/audio-store.ts";
import { fetchedSchema, mediaLibrary } from "../../src/providers/audio/media-library.ts";
import { diskIndex } from "../../src/providers/disk-index.ts";
import { diskLimit } from "../../src/providers/disk-limit.ts";
import { toolRunner } from "../../src/providers/run-tool.ts";

/** Nobody ever aborts it. */
export const never = new AbortController().signal;

/** A folder of this test's own. */
export const temporaryFolder = async (): Promise<AsyncDisposable & { readonly path: string }> => {
  const path = await mkdtemp(join(tmpdir(), "media-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
};

/** Room for everything. */
export const noLimit = diskLimit([], Number.POSITIVE_INFINITY, { now: Date.now });

/** A store on real files, with the machine's own programs. */
export const storeIn = (directory: string): Promise<AudioStore> => openAudioStore(directory, toolRunner(), noLimit);

/** A library on a store, as a process has it after its start. */
export const libraryOn = (
  store: AudioStore,
  directory: string,
  http: OutboundHttp,
  { limits = {}, now = () => 0 }: { limits?: { deadlineMs?: number; maxBytes?: number }; now?: () => number } = {},
) =>
  mediaLibrary({
    http,
    store,
    index: diskIndex(join(directory, "urls"), fetchedSchema, noLimit),
    clock: { now },
    limits,
  });
