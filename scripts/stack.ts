import { execa } from "execa";
import { attempt, lastLines } from "./prerequisites/command.ts";
import type { Compose } from "./prerequisites/compose.ts";
import { root } from "./prerequisites/paths.ts";
import { Problem } from "./prerequisites/problem.ts";
import { step } from "./prerequisites/progress.ts";

/** Longer than the slowest start on a busy machine, shorter than anybody's patience. */
const HEALTHY_LIMIT_S = 120;

/** One set of containers: which settings, under which name. */
export type StackSettings = { readonly compose: Compose; readonly environmentFile: string; readonly project?: string };

/** What can be done with a set of containers. */
export type Stack = ReturnType<typeof stackOf>;

/** Asterisk and the backend as `docker-compose.yml` describes them. */
export const stackOf = ({ compose, environmentFile, project }: StackSettings) => {
  const environment = {
    RINGDOWN_ENV_FILE: environmentFile,
    ...(project === undefined ? {} : { COMPOSE_PROJECT_NAME: project }),
  };
  // The file's values also fill in the placeholders of docker-compose.yml.
  const call = [...compose.prefix, "--env-file", environmentFile];
  const quietly = (...parameters: readonly string[]) => attempt(compose.command, [...call, ...parameters], environment);
  return {
    isRunning: async () => (await quietly("ps", "--quiet", "--status", "running")).output.trim() !== "",
    up: () =>
      step("Starting Asterisk and the backend", async () => {
        const limit = String(HEALTHY_LIMIT_S);
        const started = await quietly("up", "--detach", "--no-build", "--wait", "--wait-timeout", limit);
        if (started.succeeded) return;
        const { output: said } = await quietly("logs", "--no-color", "--tail", "20");
        throw new Problem(`The stack did not become healthy:\n${lastLines(`${started.output}\n${said}`)}`, CHECK_LOGS);
      }),
    down: (...parameters: readonly string[]) =>
      step("Stopping Asterisk and the backend", async () => {
        const stopped = await quietly("down", "--remove-orphans", "--timeout", "10", ...parameters);
        if (!stopped.succeeded) throw new Problem(`Could not stop all:\n${lastLines(stopped.output)}`, CHECK_LOGS);
      }),
    /** The backend's log, line by line, as long as it runs. */
    follow: () =>
      execa(compose.command, [...call, "logs", "--follow", "--no-log-prefix", "--tail", "0", "ringdown"], {
        cwd: root,
        env: environment,
        stdin: "ignore",
        stderr: "inherit",
        reject: false,
      }),
  };
};

const CHECK_LOGS = "the lines above should say why; all of them: docker compose logs";
