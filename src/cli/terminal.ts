import { text } from "node:stream/consumers";

/** Where a command was started, and whom it talks to. */
export type Terminal = {
  readonly environment: NodeJS.ProcessEnv;
  /** Settings in a file, which the environment overrides. */
  readonly envFile: string;
  /** What the command was asked for. */
  write(text: string): void;
  /** Why it could not be had. */
  complain(text: string): void;
  readInput(): Promise<string>;
};

/** The terminal, or the pipes, of this process. */
export const processTerminal: Terminal = {
  environment: process.env,
  envFile: ".env",
  write: (line) => void process.stdout.write(line),
  complain: (line) => void process.stderr.write(line),
  readInput: () => text(process.stdin),
};
