import { readFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { type RecordingStorage, RecordingStorageError } from "../../src/ports/recording-storage.ts";

/** A place for recordings that lasts as long as its test. */
export function memoryFiles(): { readonly storage: RecordingStorage; readonly bytes: Map<string, Buffer> } {
  const bytes = new Map<string, Buffer>();
  const storage: RecordingStorage = {
    put: async (key, path) => void bytes.set(key, await readFile(path)),
    async open(key, { range } = {}) {
      const found = bytes.get(key);
      if (!found) throw new RecordingStorageError("missing", `no ${key}`);
      return Readable.from([range ? found.subarray(range.first, range.last + 1) : found]);
    },
    remove: async (key) => void bytes.delete(key),
  };
  return { storage, bytes };
}
