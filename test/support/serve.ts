import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SERVER_ADDRESS } from "./loopback.ts";
import { inherited, keepOutput } from "./process.ts";

/** How `ringdown serve` ended that was not to start. */
export type FailedStart = { readonly exitCode: number | null; readonly output: string };

const MAIN = join(import.meta.dirname, "../../src/main.ts");
const LIMIT_MS = 20_000;

/** Runs `ringdown serve` with settings that are fit but for those given, and waits until it gives up. */
export const failToServe = async (settings: Readonly<Record<string, string>>): Promise<FailedStart> => {
  const directory = mkdtempSync(join(tmpdir(), "ringdown-"));
  const lines: string[] = [];
  const child = spawn(process.execPath, [MAIN, "serve"], {
    cwd: directory,
    env: {
      ...inherited,
      RINGDOWN_HTTP_BIND: SERVER_ADDRESS,
      RINGDOWN_MEDIA_BIND: SERVER_ADDRESS,
      RINGDOWN_ARI_URL: `http://${SERVER_ADDRESS}:8088`,
      RINGDOWN_ARI_LISTEN: `${SERVER_ADDRESS}:8082`,
      RINGDOWN_ARI_PASSWORD: randomUUID(),
      RINGDOWN_ARI_LISTEN_PASSWORD: randomUUID(),
      RINGDOWN_API_KEY: randomUUID(),
      RINGDOWN_DATA_DIR: directory,
      RINGDOWN_DATABASE_URL: `sqlite:${directory}/ringdown.db`,
      ...settings,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  keepOutput(child, lines);
  try {
    await once(child, "close", { signal: AbortSignal.timeout(LIMIT_MS) });
    return { exitCode: child.exitCode, output: lines.join("\n") };
  } finally {
    child.kill("SIGKILL");
    rmSync(directory, { recursive: true, force: true });
  }
};
