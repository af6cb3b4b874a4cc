#!/usr/bin/env node
import { Command } from "commander";
import { pino } from "pino";
import { ConfigError, readConfig } from "./config.ts";
import { serve } from "./serve.ts";

const program = new Command("ringdown").description("Programmable phone calls on your own Asterisk.");

program
  .command("serve")
  .description("Run flows on the calls of an Asterisk, and serve the HTTP API.")
  .action(async () => {
    const config = readConfig();
    const log = pino(
      { level: config.RINGDOWN_LOG_LEVEL },
      process.stdout.isTTY ? (await import("pino-pretty")).default({ sync: true }) : pino.destination(1),
    );
    const stop = await serve(config, log);
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.once(signal, async () => {
        log.info({ signal }, "stopping: calls stay up and go on at the next start");
        await stop();
        process.exit(0);
      });
    }
  });

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`ringdown: ${error instanceof Error ? error.message : String(error)}\n`);
  // What has started already would keep the process alive.
  process.exit(error instanceof ConfigError ? 2 : 1);
}
