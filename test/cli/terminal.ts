import { runCommandLine } from "../../src/cli/run.ts";

type Ended = { readonly code: number; readonly out: string; readonly complaint: string };

/** Runs a command as if it were typed, without any settings but these. */
export async function type(
  parameters: readonly string[],
  { input = "", environment = {} }: { input?: string; environment?: NodeJS.ProcessEnv } = {},
): Promise<Ended> {
  let out = "";
  let complaint = "";
  const code = await runCommandLine(parameters, {
    environment,
    envFile: "/nonexistent/.env",
    write: (text) => {
      out += text;
    },
    complain: (text) => {
      complaint += text;
    },
    readInput: async () => input,
  });
  return { code, out, complaint };
}
