/**
 * Writes what is made from other files: the registry of actions, the references of actions and settings, the types
 * of ARI.
 * With `--check`, writes nothing and fails when something would change.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { renderActionReference } from "./generate/action-reference.ts";
import { renderConfigurationReference } from "./generate/configuration-reference.ts";
import { renderReadme } from "./generate/readme.ts";
import { renderRegistry } from "./generate/registry.ts";
import { generateAri } from "./generate-ari.ts";

const root = join(import.meta.dirname, "..");
const registry = join(root, "src/actions/registry.generated.ts");
const isCheck = process.argv.includes("--check");

if (settle(registry, renderRegistry(join(root, "src/actions")))) {
  // Read only now, when the registry is as it should be.
  const { actions } = await import(registry);
  settle(join(root, "docs/actions.md"), renderActionReference(actions));
  const readme = join(root, "README.md");
  const measurements = readFileSync(join(root, "bench/results/latest.md"), "utf8");
  settle(readme, renderReadme(readFileSync(readme, "utf8"), actions, measurements));
}
settle(join(root, "docs/configuration.md"), renderConfigurationReference());
for (const [path, content] of generateAri()) settle(path, content);

/** Whether the file has this content now: it had, or it was written. */
function settle(path: string, content: string): boolean {
  if (existsSync(path) && readFileSync(path, "utf8") === content) return true;
  if (isCheck) {
    process.stderr.write(`${path} is out of date: run npm run generate\n`);
    process.exitCode = 1;
    return false;
  }
  writeFileSync(path, content);
  return true;
}
