import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";

/** What a process has written so far, line by line. */
export type Output = { readonly name: string; readonly lines: readonly string[] };

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
