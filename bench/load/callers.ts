import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type Load = {
  readonly scenario: string;
  readonly number: string;
  readonly calls: number;
  readonly callsPerSecond: number;
};

/** How a load went; a call has failed when it did not end as its scenario says. */
export type LoadResult = {
  readonly successful: number;
  readonly failed: number;
  readonly retransmissions: number;
};

export type Callers = (load: Load) => Promise<LoadResult>;

/** A lost key, for one, makes a call wait for longer than this: it counts as failed. */
const RECEIVE_TIMEOUT_MS = 8_000;
/** All calls at once, if need be: the rate must not fall because calls take longer. */
const MOST_AT_ONCE = 20_000;
/** The first of the ports for audio. */
const FIRST_MEDIA_PORT = 30_000;

/** Many callers at one address, made by SIPp; they send no audio. */
export const callersAt =
  (address: string, server: string): Callers =>
  async ({ scenario, number, calls, callsPerSecond }) => {
    const directory = await mkdtemp(join(tmpdir(), "bench-sipp-"));
    const [scenarioFile, statisticsFile] = [join(directory, "scenario.xml"), join(directory, "statistics.csv")];
    await writeFile(scenarioFile, scenario);
    // biome-ignore format: an option and its value to a line
    const parameters = [
      "-sf", scenarioFile,
      "-s", number,
      "-i", address, "-p", "5060", "-mi", address, "-mp", String(FIRST_MEDIA_PORT),
      "-m", String(calls), "-r", String(callsPerSecond), "-l", String(MOST_AT_ONCE),
      "-recv_timeout", String(RECEIVE_TIMEOUT_MS),
      "-trace_stat", "-stf", statisticsFile, "-fd", "1", "-stat_delimiter", ";",
      "-nostdin", server,
    ];
    try {
      // Its screens are for people.
      const environment = { ...process.env, TERM: "dumb" };
      const sipp = spawn("sipp", parameters, { cwd: directory, env: environment, stdio: "ignore" });
      await once(sipp, "exit");
      return resultIn(await readFile(statisticsFile, "utf8"));
    } finally {
      await rm(directory, { recursive: true });
    }
  };

/** The last line of the statistics has the totals, under the names of the first line. */
function resultIn(statistics: string): LoadResult {
  const [names = "", ...lines] = statistics.trimEnd().split("\n");
  const values = lines.at(-1)?.split(";") ?? [];
  const total = (name: string): number => {
    const value = Number(values[names.split(";").indexOf(`${name}(C)`)]);
    if (Number.isNaN(value)) throw new Error(`SIPp's statistics have no ${name}: ${names}`);
    return value;
  };
  return {
    successful: total("SuccessfulCall"),
    failed: total("FailedCall"),
    retransmissions: total("Retransmissions"),
  };
}
