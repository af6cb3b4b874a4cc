import type { Asterisk } from "../../test/support/asterisk.ts";
import { eventually } from "../../test/support/eventually.ts";
import type { Callers, LoadResult } from "../load/callers.ts";
import { cpuSecondsOf } from "./process-usage.ts";

/** What takes the calls of a number. */
export type Subject = { readonly name: string; readonly number: string; readonly pid?: number };

export type LoadRun = LoadResult & {
  readonly subject: string;
  readonly callsPerSecond: number;
  /** Processor time for each call, ms; of the dialplan there is no client. */
  readonly asteriskCpuMs: number;
  readonly clientCpuMs: number;
};

export type LoadParts = {
  readonly asterisk: Asterisk;
  readonly asteriskPid: number;
  readonly callers: Callers;
  readonly scenario: string;
};

const QUIET_MS = 60_000;

/** Calls a subject at a steady rate, and measures until the last call has ended. */
export async function runLoad(
  { asterisk, asteriskPid, callers, scenario }: LoadParts,
  { name, number, pid }: Subject,
  { callsPerSecond, seconds }: { readonly callsPerSecond: number; readonly seconds: number },
): Promise<LoadRun> {
  const used = () => cpuOf({ asteriskPid, pid });
  const calls = callsPerSecond * seconds;
  const before = used();
  const result = await callers({ scenario, number, calls, callsPerSecond });
  const after = used();
  await quiet(asterisk);
  return {
    ...result,
    subject: name,
    callsPerSecond,
    asteriskCpuMs: ((after.asterisk - before.asterisk) * 1_000) / calls,
    clientCpuMs: ((after.client - before.client) * 1_000) / calls,
  };
}

/** Seconds of processor time used so far, by Asterisk and by what takes its calls. */
export const cpuOf = ({ asteriskPid, pid }: { readonly asteriskPid: number; readonly pid?: number | undefined }) => ({
  asterisk: cpuSecondsOf(asteriskPid),
  client: pid === undefined ? 0 : cpuSecondsOf(pid),
});

/** What a failed run left must not be a burden for the next one. */
export async function quiet(asterisk: Asterisk): Promise<void> {
  await eventually(
    "the end of all calls",
    async () => {
      const channels = await asterisk.ari("GET", "/channels");
      if (Array.isArray(channels) && channels.length === 0) return true;
      await asterisk.cli("channel request hangup all");
      return false;
    },
    QUIET_MS,
  );
}
