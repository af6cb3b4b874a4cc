import { CommanderError } from "commander";
import { ConfigError } from "../config.ts";
import { createProgram } from "./program.ts";
import { faultLines, Refusal, UsageError } from "./refusal.ts";
import type { Terminal } from "./terminal.ts";

const DONE = 0;
const FAILED = 1;
const USAGE = 2;

/** Carries one command out and gives its exit code: 0 done, 1 refused or failed, 2 not a command. */
export async function runCommandLine(parameters: readonly string[], terminal: Terminal): Promise<number> {
  let failed = false;
  const program = createProgram(terminal, () => {
    failed = true;
  });
  try {
    await program.parseAsync(parameters, { from: "user" });
    return failed ? FAILED : DONE;
  } catch (error) {
    // Its message was printed by the program, with the usage.
    if (error instanceof CommanderError) return error.exitCode === 0 ? DONE : USAGE;
    if (parameters.includes("--json")) terminal.write(`${JSON.stringify({ error: inJson(error) })}\n`);
    else terminal.complain(inWords(error));
    return error instanceof UsageError || error instanceof ConfigError ? USAGE : FAILED;
  }
}

function inJson(error: unknown): Record<string, unknown> {
  if (!(error instanceof Refusal)) return { message: messageOf(error) };
  const { message, details, remedy } = error;
  return { message, details, ...(remedy === undefined ? {} : { remedy }) };
}

function inWords(error: unknown): string {
  const said = `ringdown: ${messageOf(error)}\n`;
  if (!(error instanceof Refusal)) return said;
  const remedy = error.remedy === undefined ? "" : `  What to do: ${error.remedy}\n`;
  return said + faultLines(error.details, "  ") + remedy;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
