import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endProcess } from "../../test/support/process.ts";
import { VOICE_FILE } from "./scenario.ts";

export type Sipp = AsyncDisposable & {
  readonly ended: Promise<unknown>;
  /** Of each second, separated by semicolons, under a line of names. */
  statistics(): Promise<string>;
};

/** The first of the ports for audio. */
const FIRST_MEDIA_PORT = 30_000;
/** Codes of mu-law, of which the voice of its callers and callees is made. */
export const VOICE_CODES = Uint8Array.from({ length: 32 }, (_, index) => 0x90 + index);
/** A second of noise as loud as speech. */
const voice = (): Uint8Array =>
  Uint8Array.from({ length: 8_000 }, (_, index) => VOICE_CODES[(index * 37) % VOICE_CODES.length] ?? 0);

/** Runs a scenario at an address, until the end of its calls or its own. */
export async function startSipp(address: string, scenario: string, how: readonly string[]): Promise<Sipp> {
  const directory = await mkdtemp(join(tmpdir(), "bench-sipp-"));
  const [scenarioFile, statisticsFile] = [join(directory, "scenario.xml"), join(directory, "statistics.csv")];
  await writeFile(scenarioFile, scenario);
  await writeFile(join(directory, VOICE_FILE), voice());
  // biome-ignore format: an option and its value to a line
  const parameters = [
    "-sf", scenarioFile,
    "-i", address, "-p", "5060", "-mi", address, "-mp", String(FIRST_MEDIA_PORT),
    "-trace_stat", "-stf", statisticsFile, "-fd", "1", "-stat_delimiter", ";",
    "-nostdin", ...how,
  ];
  // Its screens are for people.
  const environment = { ...process.env, TERM: "dumb" };
  const child = spawn("sipp", parameters, { cwd: directory, env: environment, stdio: "ignore" });
  return {
    ended: once(child, "exit"),
    statistics: () => readFile(statisticsFile, "utf8"),
    async [Symbol.asyncDispose]() {
      await endProcess(child, "SIGKILL");
      await rm(directory, { recursive: true });
    },
  };
}
