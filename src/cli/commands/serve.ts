import type { Command } from "commander";
import { readConfig } from "../../config.ts";
import { SpeechModelError } from "../../providers/recognition/sherpa/model.ts";
import { type JsonOption, withJson } from "../options.ts";
import type { Parts } from "../parts.ts";
import { Refusal } from "../refusal.ts";

/**
 * Lines are written together, a moment later: one write for each costs as much as the rest of logging. What is left is
 * written when the process ends, also by an error of ours; only a killed one loses its last moment.
 */
const BUFFERED_STDOUT = { dest: 1, sync: false, minLength: 4_096, periodicFlush: 100 };

/** `ringdown serve`: until a signal ends it. */
export function addServe(program: Command, { terminal }: Parts): void {
  withJson(program.command("serve"))
    .description("Run flows on the calls of an Asterisk, and serve the HTTP API.")
    .action(async ({ json }: JsonOption) => {
      const config = readConfig(terminal.environment, terminal.envFile);
      // Only now: the other commands start in half the time without a server.
      const [{ pino }, { serve }] = await Promise.all([import("pino"), import("../../serve.ts")]);
      const isPretty = process.stdout.isTTY && !json;
      const log = pino(
        { level: config.RINGDOWN_LOG_LEVEL },
        isPretty ? (await import("pino-pretty")).default({ sync: true }) : pino.destination(BUFFERED_STDOUT),
      );
      const stop = await serve(config, log).catch((error) => {
        throw error instanceof SpeechModelError ? new Refusal(error.message, { remedy: error.remedy }) : error;
      });
      for (const signal of ["SIGINT", "SIGTERM"] as const) {
        process.once(signal, async () => {
          log.info({ signal }, "stopping: calls stay up and go on at the next start");
          await stop();
          process.exit(0);
        });
      }
    });
}
