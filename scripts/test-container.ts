import { execa } from "execa";
import { attempt } from "./prerequisites/command.ts";
import type { Compose } from "./prerequisites/compose.ts";
import { root } from "./prerequisites/paths.ts";

/** Where a container's tests run: cut off from every network, or beside a running stack. */
export type Place = "isolated" | "beside";

/** A test run: place, parameters of vitest, the folder for its report, settings of the stack beside it. */
export type TestRun = {
  readonly place: Place;
  readonly parameters: readonly string[];
  readonly results: string;
  readonly environment?: Record<string, string>;
};

/** Test containers of this run of the scripts alone. */
export const testContainer = ({ command, prefix }: Compose) => {
  const base = [...prefix, "--file", "docker-compose.test.yml", "--project-name", `ringdown-test-${process.pid}`];
  return {
    /** Runs vitest in a container; tells whether all went well. */
    run: async ({ place, parameters, results, environment = {} }: TestRun): Promise<boolean> => {
      const terminal = process.stdout.isTTY ? [] : ["--no-TTY"];
      const given = Object.entries(environment).flatMap(([name, value]) => ["--env", `${name}=${value}`]);
      const vitest = ["vitest", "run", "--configLoader", "native", "--passWithNoTests", ...parameters];
      const { failed } = await execa(command, [...base, "run", "--rm", ...terminal, ...given, place, ...vitest], {
        cwd: root,
        env: { RINGDOWN_TEST_RESULTS: results, ...environment },
        stdio: ["ignore", "inherit", "inherit"],
        reject: false,
      });
      return !failed;
    },
    /** Removes whatever a run that was interrupted left. */
    clean: () => attempt(command, [...base, "down", "--volumes", "--remove-orphans", "--timeout", "0"]),
  };
};
