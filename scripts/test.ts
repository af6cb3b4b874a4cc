import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { acceptance } from "./acceptance.ts";
import { buildAsterisk, buildBackend, buildTests } from "./images.ts";
import { interruption, unlessInterrupted } from "./interruption.ts";
import { ensureBaseImage } from "./prerequisites/base-image.ts";
import { demand } from "./prerequisites/command.ts";
import { type Compose, ensureCompose } from "./prerequisites/compose.ts";
import { ensureEngine, stopEngine } from "./prerequisites/docker-engine.ts";
import { localFile, root } from "./prerequisites/paths.ts";
import { step, tell } from "./prerequisites/progress.ts";
import { testContainer } from "./test-container.ts";
import { type Tally, tallyOf, tallyOfReport, total } from "./test-report.ts";

const interrupted = interruption();
const tallies: Tally[] = [];
/** What has to be undone, whatever happens; the last one first. */
const undo: (() => Promise<unknown>)[] = [];

try {
  await unlessInterrupted(interrupted, testEverything());
} catch (error) {
  tell(error);
  tallies.push(tallyOf(false));
}
for (const clean of undo.reverse()) await clean().catch(tell);

const { passed, failed } = total(tallies);
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);

async function testEverything(): Promise<void> {
  const { startedHere } = await ensureEngine();
  if (startedHere) undo.push(stopEngine);
  await ensureBaseImage();
  const compose = await ensureCompose();
  const [, ...checked] = await Promise.all([
    buildImages(compose),
    check("lint", "biome", ["check", "."]),
    check("types", "tsc", ["--noEmit"]),
  ]);
  tallies.push(...checked);
  await runIsolated(compose);
  if (existsSync(join(root, "test", "acceptance"))) tallies.push(await acceptance(compose, undo));
}

async function buildImages(compose: Compose): Promise<void> {
  await buildAsterisk(compose);
  await buildTests(compose);
  await buildBackend(compose);
}

async function check(title: string, program: string, parameters: readonly string[]): Promise<Tally> {
  const command = join(root, "node_modules", ".bin", program);
  const remedy = `npm run ${title} shows all of it; npm run format mends what can be mended`;
  return step(`Checking ${title}`, () => demand(command, parameters, remedy)).then(
    () => tallyOf(true),
    (error) => {
      tell(error);
      return tallyOf(false);
    },
  );
}

async function runIsolated(compose: Compose): Promise<void> {
  const results = localFile("test-results", String(process.pid));
  rmSync(results, { recursive: true, force: true });
  mkdirSync(results, { recursive: true });
  const container = testContainer(compose);
  undo.push(container.clean);
  const parameters = ["--project", "!acceptance", "--reporter=default", "--reporter=json"];
  const succeeded = await container.run({
    place: "isolated",
    parameters: [...parameters, "--outputFile.json=/results/report.json"],
    results,
  });
  tallies.push(tallyOfReport(join(results, "report.json"), succeeded));
  rmSync(results, { recursive: true, force: true });
}
