import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, loadavg, release, totalmem } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import type { Asterisk } from "../../test/support/asterisk.ts";
import type { Machine } from "../report/results.ts";

const ROOT = join(import.meta.dirname, "../..");
const packageSchema = z.object({ version: z.string() });
const BYTES_PER_MB = 1024 * 1024;

/** What this ran on. */
export const machine = (loadBefore: number): Machine => ({
  processor: cpus()[0]?.model ?? "unknown",
  cores: cpus().length,
  memoryMb: Math.round(totalmem() / BYTES_PER_MB),
  kernel: release(),
  loadBefore,
  loadAfter: loadavg()[0] ?? 0,
});

/** The programs that took part. */
export async function versions(asterisk: Asterisk): Promise<Readonly<Record<string, string>>> {
  const numberIn = (text: string): string => /\d+(\.\d+)+/.exec(text)?.[0] ?? "unknown";
  return {
    Ringdown: versionOf("package.json"),
    Node: process.versions.node,
    Asterisk: numberIn(await asterisk.cli("core show version")),
    SIPp: numberIn(await said("sipp", ["-v"])),
    "ari-client": versionOf("node_modules/ari-client/package.json"),
  };
}

const versionOf = (file: string): string =>
  packageSchema.parse(JSON.parse(readFileSync(join(ROOT, file), "utf8"))).version;

/** What a program says, whatever its exit code: SIPp's is 99 for its version. */
const said = (program: string, parameters: readonly string[]): Promise<string> =>
  new Promise((resolve) => {
    execFile(program, parameters, (_error, stdout) => resolve(stdout));
  });
