import { startSipp } from "./sipp.ts";

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

/** Many callers at one address, made by SIPp; most send no audio. */
export const callersAt =
  (address: string, server: string): Callers =>
  async ({ scenario, number, calls, callsPerSecond }) => {
    await using sipp = await startSipp(address, scenario, [
      ...["-s", number, "-m", String(calls), "-r", String(callsPerSecond), "-l", String(MOST_AT_ONCE)],
      ...["-recv_timeout", String(RECEIVE_TIMEOUT_MS), server],
    ]);
    await sipp.ended;
    return resultIn(await sipp.statistics());
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
