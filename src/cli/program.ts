import { Command } from "commander";
import { addCallCommands } from "./commands/calls.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addFlowCommands } from "./commands/flow.ts";
import { addKeyCommands } from "./commands/keys.ts";
import { addSchema } from "./commands/schema.ts";
import { addServe } from "./commands/serve.ts";
import type { Parts } from "./parts.ts";
import type { Terminal } from "./terminal.ts";

/** Every command. `failed` is called when one did its work and what it found is bad. */
export function createProgram(terminal: Terminal, failed: () => void): Command {
  const program = new Command("ringdown")
    .description("Programmable phone calls on your own Asterisk.")
    .exitOverride()
    .showHelpAfterError("(ringdown --help tells what there is)")
    .configureOutput({ writeOut: terminal.write, writeErr: terminal.complain });
  const parts: Parts = {
    terminal,
    tell(report, { json }) {
      terminal.write(json ? `${JSON.stringify(report.json, null, 2)}\n` : report.text);
      if (report.failed) failed();
    },
  };
  for (const add of [addServe, addDoctor, addFlowCommands, addCallCommands, addKeyCommands, addSchema]) {
    add(program, parts);
  }
  return program;
}
