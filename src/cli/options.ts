import { type Command, Option } from "commander";

/** Options that several commands share, so that one thing is written in one way. */
export type JsonOption = { readonly json?: boolean };
export type AccessOptions = JsonOption & { readonly url?: string; readonly key?: string };

export const withJson = (command: Command): Command => command.option("--json", "print JSON");

/** For a command that asks a running Ringdown. */
export const withAccess = (command: Command): Command =>
  withJson(command)
    .option("--url <url>", "where Ringdown is; else RINGDOWN_HTTP_BIND and RINGDOWN_HTTP_PORT")
    .option("--key <key>", "key to its API; else RINGDOWN_API_KEY");

/** `--variable name=value`, as often as needed. */
export const variableOption = new Option("--variable <name=value>", "a variable of the flow; may be repeated")
  .argParser((written: string, before: Readonly<Record<string, string>> = {}) => {
    const end = written.indexOf("=");
    return { ...before, [end < 0 ? written : written.slice(0, end)]: end < 0 ? "" : written.slice(end + 1) };
  })
  .default({}, "none");
