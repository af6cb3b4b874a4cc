import { buildTests } from "./images.ts";
import { interruption, unlessInterrupted } from "./interruption.ts";
import { ensureBaseImage } from "./prerequisites/base-image.ts";
import { ensureCompose } from "./prerequisites/compose.ts";
import { ensureEngine } from "./prerequisites/docker-engine.ts";
import { localFile } from "./prerequisites/paths.ts";
import { tell } from "./prerequisites/progress.ts";
import { testContainer } from "./test-container.ts";

const interrupted = interruption();
const given = process.argv.slice(2);
/** Acceptance tests need a stack beside them: only `npm test` gives them one. */
const parameters = given.length > 0 ? ["--project", "!acceptance", ...given] : ["--project", "integration"];

try {
  await ensureEngine();
  await ensureBaseImage();
  const compose = await ensureCompose();
  await buildTests(compose);
  const container = testContainer(compose);
  const run = container.run({ place: "isolated", parameters, results: localFile("test-results", "development") });
  const succeeded = await unlessInterrupted(interrupted, run).finally(container.clean);
  process.exitCode = succeeded ? 0 : 1;
} catch (error) {
  tell(error);
  process.exitCode = 1;
}
process.exit();
