import { ensureCompose } from "./prerequisites/compose.ts";
import { engineAnswers, stopEngine } from "./prerequisites/docker-engine.ts";
import { settingsFile } from "./prerequisites/paths.ts";
import { say, tell } from "./prerequisites/progress.ts";
import { stackOf } from "./stack.ts";

try {
  if (await engineAnswers()) {
    await stackOf({ compose: await ensureCompose(), environmentFile: settingsFile() }).down();
  }
  await stopEngine();
  say("✓ Everything is stopped; recordings and settings are kept.");
} catch (error) {
  tell(error);
  process.exitCode = 1;
}
