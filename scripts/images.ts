import { attempt, demand, lastLines } from "./prerequisites/command.ts";
import type { Compose } from "./prerequisites/compose.ts";
import { Problem } from "./prerequisites/problem.ts";
import { step } from "./prerequisites/progress.ts";

/** The image of Asterisk. */
export const buildAsterisk = (compose: Compose): Promise<void> => build(compose, "Asterisk", [], "asterisk");

/** The image of the backend. */
export const buildBackend = (compose: Compose): Promise<void> => build(compose, "the backend", [], "ringdown");

/** The image that the tests run in: Asterisk and the tools that check it. */
export const buildTests = (compose: Compose): Promise<void> =>
  build(compose, "the tests", ["--file", "docker-compose.test.yml"], "isolated");

const build = ({ command, prefix }: Compose, name: string, files: readonly string[], service: string): Promise<void> =>
  step(`Building the image of ${name}`, async () => {
    // Inside the build npm knows nothing of this machine's settings.
    const registry = await demand("npm", ["config", "get", "registry", "--loglevel=error"], "npm has to work");
    const environment = { NPM_CONFIG_REGISTRY: registry.trim() };
    const built = await attempt(command, [...prefix, ...files, "build", service], environment);
    if (built.succeeded) return;
    throw new Problem(
      `The image of ${name} could not be built:\n${lastLines(built.output)}`,
      "the Debian archive and the npm registry have to be in reach from inside a container; then run this again",
    );
  });
