import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { parseEnv } from "node:util";

/** What nobody should have to think of, and nobody may guess. */
const SECRETS = [
  "RINGDOWN_API_KEY",
  "RINGDOWN_ARI_PASSWORD",
  "RINGDOWN_ARI_LISTEN_PASSWORD",
  "RINGDOWN_SIP_1001_PASSWORD",
  "RINGDOWN_SIP_1002_PASSWORD",
] as const;

/** Completes a settings file with generated secrets, readable by its owner alone; what is there stays as it is. */
export const ensureSecrets = (file: string): Record<string, string | undefined> => {
  const present = existsSync(file) ? readFileSync(file, "utf8") : "";
  const settings = parseEnv(present);
  const missing = SECRETS.filter((name) => !settings[name]);
  if (missing.length === 0) return settings;
  const separator = present === "" || present.endsWith("\n") ? "" : "\n";
  const complete = `${present}${separator}${missing.map((name) => `${name}=${randomBytes(24).toString("hex")}\n`).join("")}`;
  // Written aside and renamed: a machine that stops now must not leave half a file.
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, complete, { mode: 0o600 });
  chmodSync(draft, 0o600);
  renameSync(draft, file);
  return parseEnv(complete);
};
