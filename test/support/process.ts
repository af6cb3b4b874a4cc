import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** What a process has written so far, line by line. */
export type Output = { readonly name: string; readonly lines: readonly string[] };

/** What our own processes need of this one; each keeps compiled what it loads, for the hundreds that a run starts after it. */
export const inherited = { PATH: process.env.PATH, NODE_COMPILE_CACHE: join(tmpdir(), "ringdown-compiled") } as const;

/** As much as tells why a test failed. */
const LAST_LINES = 200;

/** Adds what a process writes to `lines`. */
export const keepOutput = (child: ChildProcess, lines: string[]): void => {
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) createInterface({ input: stream }).on("line", (line) => lines.push(line));
  }
};

/** The end of an output, under its name. */
export const tail = ({ name, lines }: Output): string =>
  [`--- ${name}, last of ${lines.length} lines`, ...lines.slice(-LAST_LINES), ""].join("\n");

/** Whether a process is over, by itself or by a signal. */
export const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

/** Longer than any orderly end takes: Asterisk waits up to 15 s for HTTP sessions that it takes for idle. */
const END_MS = 30_000;

/** Sends a signal and waits for the end; a process that does not heed it fails. */
export const endProcess = async (child: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
  if (hasEnded(child)) return;
  const ended = once(child, "exit", { signal: AbortSignal.timeout(END_MS) });
  child.kill(signal);
  await ended.catch((cause) => {
    throw new Error(`${child.spawnargs.join(" ")}: still there ${END_MS} ms after ${signal}`, { cause });
  });
};
