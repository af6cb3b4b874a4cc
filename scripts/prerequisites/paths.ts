import { mkdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** Where the repository lies. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** A file in the folder where the scripts keep what they made for this machine; the folder is made when missing. */
export const localFile = (...parts: readonly string[]): string => {
  const file = join(root, ".ringdown", ...parts);
  mkdirSync(dirname(file), { recursive: true });
  return file;
};

/** The settings of the stack: `.env`, unless the environment names another file. */
export const settingsFile = (): string => resolve(root, process.env.RINGDOWN_ENV_FILE || ".env");
