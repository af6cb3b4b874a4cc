import { copyFile, mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  type RecordingStorage,
  RecordingStorageError,
  type RecordingStorageFault,
} from "../../ports/recording-storage.ts";

/** Recordings in a folder. A file under its name is whole. */
export function localRecordings(folder: string): RecordingStorage {
  const pathOf = (key: string) => join(folder, key);
  return {
    put: (key, source, signal) =>
      explained(async () => {
        const path = pathOf(key);
        const draft = `${path}.part`;
        await mkdir(dirname(path), { recursive: true });
        try {
          await copyFile(source, draft);
          await sync(draft);
          signal.throwIfAborted();
          await rename(draft, path);
        } finally {
          await rm(draft, { force: true });
        }
        await sync(dirname(path));
      }, signal),
    open: (key, { range, signal } = {}) =>
      explained(async () => {
        signal?.throwIfAborted();
        const file = await open(pathOf(key));
        return file.createReadStream(range ? { start: range.first, end: range.last } : {});
      }, signal),
    remove: (key) => explained(() => rm(pathOf(key), { force: true })),
  };
}

/** Leaves nothing of a file, or of a folder's names, in memory alone. */
async function sync(path: string): Promise<void> {
  await using opened = await open(path);
  await opened.sync();
}

async function explained<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    throw new RecordingStorageError(FAULTS[code] ?? "unavailable", `recordings on disk: ${code || error}`, {
      cause: error,
    });
  }
}

const FAULTS: Readonly<Record<string, RecordingStorageFault>> = {
  ENOSPC: "full",
  EDQUOT: "full",
  ENOENT: "missing",
  EACCES: "refused",
  EPERM: "refused",
  EROFS: "refused",
};
