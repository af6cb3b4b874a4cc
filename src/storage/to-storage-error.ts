import { StorageError } from "../ports/storage-error.ts";
import type { Engine } from "./engine.ts";

/** Any error of a store as the one that stores promise. */
export function toStorageError({ diagnose }: Pick<Engine, "diagnose">, error: unknown): StorageError {
  if (error instanceof StorageError) return error;
  const { fault } = diagnose(error);
  const message = error instanceof Error ? error.message : String(error);
  return new StorageError(fault, `${MEANINGS[fault]}: ${message}`, { cause: error });
}

const MEANINGS = {
  full: "the storage is full",
  read_only: "the storage can only be read",
  unavailable: "the storage is not available",
  conflict: "the storage holds something else under that key",
  corrupt: "the storage is damaged",
  unknown: "the storage failed",
} as const;
