/** `npm run bench [-- --quick] [--json] [--profile] [--only PARTS]`: the benchmark in a container without a network. */
import { copyFileSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { execa } from "execa";
import { buildTests } from "../scripts/images.ts";
import { interruption, unlessInterrupted } from "../scripts/interruption.ts";
import { ensureBaseImage } from "../scripts/prerequisites/base-image.ts";
import { attempt } from "../scripts/prerequisites/command.ts";
import { type Compose, ensureCompose } from "../scripts/prerequisites/compose.ts";
import { ensureEngine } from "../scripts/prerequisites/docker-engine.ts";
import { localFile, root } from "../scripts/prerequisites/paths.ts";
import { say, tell } from "../scripts/prerequisites/progress.ts";

const interrupted = interruption();

try {
  const { values: given } = parseArgs({
    options: {
      quick: { type: "boolean" },
      json: { type: "boolean" },
      profile: { type: "boolean" },
      only: { type: "string" },
    },
  });
  await ensureEngine();
  await ensureBaseImage();
  const compose = await ensureCompose();
  await buildTests(compose);
  const container = benchContainer(compose);
  const options = [
    ...(given.quick ? ["--quick"] : []),
    ...(given.json ? ["--json"] : []),
    ...(given.only ? ["--only", given.only] : []),
  ];
  const run = container.run(options, given.profile ?? false);
  const succeeded = await unlessInterrupted(interrupted, run).finally(container.clean);
  // A quick run shows that it works, one of some parts how they do; their numbers replace nobody's.
  if (succeeded && !given.quick && !given.only) keepResults();
  process.exitCode = succeeded ? 0 : 1;
} catch (error) {
  tell(error);
  process.exitCode = 1;
}
process.exit();

/** Where a run writes; what an earlier one left is gone. */
function emptyFolder(): string {
  const folder = localFile("bench");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  return folder;
}

function benchContainer({ command, prefix }: Compose) {
  const base = [...prefix, "--file", "docker-compose.test.yml", "--project-name", `ringdown-bench-${process.pid}`];
  return {
    run: async (options: readonly string[], profile: boolean): Promise<boolean> => {
      const profiling = profile ? ["--env", "BENCH_PROFILE=--cpu-prof --cpu-prof-dir=/results/profile"] : [];
      const parameters = ["run", "--rm", "--no-TTY", ...profiling, "isolated", "node", "bench/run.ts", ...options];
      const { failed, exitCode, signal } = await execa(command, [...base, ...parameters], {
        cwd: root,
        env: { RINGDOWN_TEST_RESULTS: emptyFolder() },
        stdio: ["ignore", "inherit", "inherit"],
        reject: false,
      });
      if (failed) say(`✗ The benchmark ended with ${signal ?? exitCode}`);
      if (profile) say(`The profile lies in ${localFile("bench", "profile")}`);
      return !failed;
    },
    /** Removes whatever a run that was interrupted left. */
    clean: () => attempt(command, [...base, "down", "--volumes", "--remove-orphans", "--timeout", "0"]),
  };
}

function keepResults(): void {
  const made = localFile("bench");
  for (const file of readdirSync(made).filter((name) => /\.(json|md)$/.test(name))) {
    copyFileSync(join(made, file), join(root, "bench/results", file));
  }
}
