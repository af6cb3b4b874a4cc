import { execa } from "execa";
import { root } from "./paths.ts";
import { Problem } from "./problem.ts";

/** How many lines of a failed command's output are shown. */
const SHOWN_LINES = 25;

/** What a command printed, and whether it succeeded. */
export type Finished = { readonly succeeded: boolean; readonly output: string };

/** Runs a command to its end, whatever that is. */
export const attempt = async (
  command: string,
  parameters: readonly string[],
  environment: Record<string, string> = {},
): Promise<Finished> => {
  const { failed, all, shortMessage } = await execa(command, parameters, {
    cwd: root,
    env: environment,
    all: true,
    reject: false,
    stdin: "ignore",
  }).then((result) => ({ ...result, shortMessage: "shortMessage" in result ? String(result.shortMessage) : "" }));
  return { succeeded: !failed, output: all || shortMessage };
};

/** Runs a command that has to succeed; gives what it printed. */
export const demand = async (
  command: string,
  parameters: readonly string[],
  remedy: string,
  environment: Record<string, string> = {},
): Promise<string> => {
  const { succeeded, output } = await attempt(command, parameters, environment);
  if (succeeded) return output;
  throw new Problem(`${command} ${parameters.join(" ")} failed:\n${lastLines(output)}`, remedy);
};

/** The end of a long output, where the reason usually is. */
export const lastLines = (output: string): string => output.trimEnd().split("\n").slice(-SHOWN_LINES).join("\n");

/** Whether a program is on the path. */
export const installed = async (program: string): Promise<boolean> =>
  (await attempt("sh", ["-c", 'command -v "$0"', program])).succeeded;
