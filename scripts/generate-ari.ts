import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readDescription } from "./generate-ari/description.ts";
import { modelsFile } from "./generate-ari/models.ts";
import { operationsFile } from "./generate-ari/operations.ts";

const FOLDER = join(import.meta.dirname, "../src/asterisk/ari");

/** The generated files of the ARI client: path and content. */
export const generateAri = (): ReadonlyMap<string, string> => {
  const description = readDescription(join(FOLDER, "api-docs"));
  return new Map([
    [join(FOLDER, "models.generated.ts"), modelsFile(description)],
    [join(FOLDER, "operations.generated.ts"), operationsFile(description)],
  ]);
};

if (import.meta.main) for (const [path, content] of generateAri()) writeFileSync(path, content);
