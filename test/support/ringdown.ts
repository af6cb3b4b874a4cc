import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Api, apiOf } from "./api.ts";
import type { Asterisk } from "./asterisk.ts";
import { eventually, Hopeless } from "./eventually.ts";
import { endProcess, hasEnded, inherited, keepOutput, type Output, tail } from "./process.ts";

/** Ringdown as its own process, to be killed and started again. */
export type Ringdown = AsyncDisposable & {
  readonly api: Api;
  readonly dataDirectory: string;
  readonly output: Output;
  /** Ends it without notice, as a crash does. */
  kill(): Promise<void>;
  /** Starts it again with the same data, and waits until it is ready. */
  start(): Promise<void>;
  /** Asks it to end; fails when it does not end well. */
  stop(): Promise<void>;
};

const MAIN = join(import.meta.dirname, "../../src/main.ts");
const START_MS = 20_000;

/** Starts `ringdown serve` beside an Asterisk and waits until it is ready. */
export const startRingdown = async ({
  asterisk,
  environment = {},
  awaits = "/readyz",
}: {
  asterisk: Pick<Asterisk, "address" | "environment">;
  environment?: Readonly<Record<string, string>>;
  /** What must answer 200 before a start is done; without Asterisk it never becomes ready. */
  awaits?: "/readyz" | "/healthz";
}): Promise<Ringdown> => {
  const { address } = asterisk;
  const dataDirectory = mkdtempSync(join(tmpdir(), "ringdown-"));
  const key = randomUUID();
  const env = {
    ...inherited,
    RINGDOWN_HTTP_BIND: address,
    RINGDOWN_MEDIA_BIND: address,
    RINGDOWN_MEDIA_URL: `http://${address}:8081`,
    RINGDOWN_DATA_DIR: dataDirectory,
    RINGDOWN_DATABASE_URL: `sqlite:${join(dataDirectory, "ringdown.db")}`,
    RINGDOWN_API_KEY: key,
    RINGDOWN_ALLOW_PRIVATE_URLS: "true",
    RINGDOWN_LOG_LEVEL: "debug",
    ...asterisk.environment,
    ...environment,
  };
  const base = `http://${address}:8080`;
  const lines: string[] = [];
  const output = { name: "ringdown", lines };
  let child: ChildProcess | undefined;

  const start = async (): Promise<void> => {
    // Not in the repository, whose .env is the developer's own.
    const started = spawn(process.execPath, [MAIN, "serve"], {
      cwd: dataDirectory,
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    child = started;
    keepOutput(started, lines);
    await eventually("Ringdown's readiness", () => isReady(started, base + awaits, output), START_MS);
  };
  const kill = async (): Promise<void> => {
    if (child) await endProcess(child, "SIGKILL");
  };
  const stop = async (): Promise<void> => {
    if (!child) return;
    await endProcess(child, "SIGTERM");
    const ended = child.exitCode ?? child.signalCode;
    // Killed by its test, which need not have started it again.
    if (ended !== 0 && ended !== "SIGKILL") throw new Error(`Ringdown ended with ${ended}\n${tail(output)}`);
  };
  const dispose = async (): Promise<void> => {
    try {
      await stop();
    } finally {
      await kill();
      rmSync(dataDirectory, { recursive: true, force: true });
    }
  };

  try {
    await start();
  } catch (error) {
    await kill();
    throw error;
  }
  return { api: apiOf(base, key), dataDirectory, output, kill, start, stop, [Symbol.asyncDispose]: dispose };
};

const isReady = async (child: ChildProcess, url: string, output: Output): Promise<boolean> => {
  if (hasEnded(child)) throw new Hopeless(`it ended with ${child.exitCode ?? child.signalCode}\n${tail(output)}`);
  const response = await fetch(url);
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  return true;
};
