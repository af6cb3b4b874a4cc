import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { median } from "./statistics.ts";

const ENGINE = join(import.meta.dirname, "../engine.ts");
const STORES = ["sqlite", "memory"] as const;
const answerSchema = z.object({ stepsPerSecond: z.number() });
const run = promisify(execFile);

/** Steps a second of the engine with each store in turn, each time in a new process; medians. */
export async function engineAlone({ seconds, rounds }: { readonly seconds: number; readonly rounds: number }) {
  const found = { sqlite: [] as number[], memory: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    for (const store of STORES) {
      const { stdout } = await run(process.execPath, [ENGINE, store, String(seconds)]);
      found[store].push(answerSchema.parse(JSON.parse(stdout)).stepsPerSecond);
    }
  }
  return { sqlite: median(found.sqlite), memory: median(found.memory) };
}
