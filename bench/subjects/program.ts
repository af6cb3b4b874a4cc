import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { say } from "../../scripts/prerequisites/progress.ts";
import type { Asterisk } from "../../test/support/asterisk.ts";
import { eventually, Hopeless } from "../../test/support/eventually.ts";
import { endProcess, hasEnded, keepOutput } from "../../test/support/process.ts";
import type { Prompts } from "../programs/menu.ts";

export type Program = AsyncDisposable & { readonly pid: number };

const START_MS = 20_000;

/** Starts one of the minimal programs and waits until it takes calls. */
export async function startProgram(
  name: "ari-client" | "socket",
  { asterisk, ariUrl, prompts }: { asterisk: Asterisk; ariUrl: string; prompts: Prompts },
): Promise<Program> {
  const child: ChildProcess = spawn(process.execPath, [join(import.meta.dirname, `../programs/${name}.ts`)], {
    env: {
      PATH: process.env.PATH,
      BENCH_ARI_URL: ariUrl,
      BENCH_ARI_PASSWORD: asterisk.environment.RINGDOWN_ARI_PASSWORD,
      BENCH_PROMPTS: JSON.stringify(prompts),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  keepOutput(child, lines);
  const isReady = (): boolean => {
    if (hasEnded(child)) throw new Hopeless(lines.join("\n"));
    return lines.includes("ready");
  };
  await eventually(`${name} to be ready`, isReady, START_MS);
  child.once("exit", (_code, signal) => {
    if (signal !== "SIGKILL") say(`${name} has ended by itself:\n${lines.join("\n")}`);
  });
  return { pid: child.pid ?? 0, [Symbol.asyncDispose]: () => endProcess(child, "SIGKILL") };
}
