/** The command `ringdown`; everything that it can do is in `cli`. */
import { runCommandLine } from "./cli/run.ts";
import { processTerminal } from "./cli/terminal.ts";

const exitCode = await runCommandLine(process.argv.slice(2), processTerminal);
// What has started before a failure would keep the process alive; a server that has started is to live.
if (exitCode !== 0) process.exit(exitCode);
