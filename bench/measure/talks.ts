import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { say } from "../../scripts/prerequisites/progress.ts";
import { eventually } from "../../test/support/eventually.ts";
import { talkingCallee, talkingCaller } from "../load/scenario.ts";
import { startSipp } from "../load/sipp.ts";
import { cpuOf, type LoadParts, quiet, type Subject } from "./load-run.ts";

export type TalkPlan = { readonly calls: number; readonly talkSeconds: number; readonly rounds: number };
export type ConferencePlan = { readonly sizes: readonly number[]; readonly talkSeconds: number };

/** Calls that talk at the same time, each with somebody it is put through to, or all in one conference. */
export type TalkRun = {
  readonly subject: string;
  readonly calls: number;
  readonly failed: number;
  /** Processor time of one whole call of Asterisk and client, ms. */
  readonly cpuMs: number;
  /** Of one second of one call while all talk, ms. */
  readonly talkingCpuMs: number;
  /** Audio packets in a second of one call, in and out, as the kernel counts those sent. */
  readonly packetsPerSecond: number;
};

const CALLS_PER_SECOND = 20;
const RING_MS = 500;
/** What belongs to the beginnings of calls is over by then. */
const SETTLE_MS = 2_000;

/** The same calls by each subject in turn, round after round. */
export async function talkRuns(
  parts: Omit<LoadParts, "scenario">,
  subjects: readonly Subject[],
  calleeAddress: string,
  plan: TalkPlan,
): Promise<readonly TalkRun[]> {
  const runs: TalkRun[] = [];
  if (plan.rounds === 0) return runs;
  await using _ = await startSipp(calleeAddress, talkingCallee(RING_MS), []);
  for (let round = 1; round <= plan.rounds; round++) {
    for (const subject of subjects) {
      runs.push(tell(`talk, round ${round}`, await talkRun(parts, subject, { ...plan, channels: plan.calls * 2 })));
    }
  }
  return runs;
}

/** Conferences of each size, by each subject in turn. */
export async function conferenceRuns(
  parts: Omit<LoadParts, "scenario">,
  subjects: readonly Subject[],
  { sizes, talkSeconds }: ConferencePlan,
): Promise<readonly TalkRun[]> {
  const runs: TalkRun[] = [];
  for (const calls of sizes) {
    for (const subject of subjects) {
      runs.push(tell("conference", await talkRun(parts, subject, { calls, talkSeconds, channels: calls })));
    }
  }
  return runs;
}

type Talking = Pick<TalkPlan, "calls" | "talkSeconds"> & {
  /** Of all calls together, while all talk. */
  readonly channels: number;
  /** Resolves when all is done that comes after the calls. */
  readonly done?: () => Promise<unknown>;
};

/** So many calls of a subject that talk for so long after the last has come. */
export async function talkRun(
  { asterisk, asteriskPid, callers }: Omit<LoadParts, "scenario">,
  { name, number, pid }: Subject,
  { calls, talkSeconds, channels, done }: Talking,
): Promise<TalkRun> {
  const used = () => {
    const { asterisk: ofAsterisk, client } = cpuOf({ asteriskPid, pid });
    return ofAsterisk + client;
  };
  const comingMs = (calls / CALLS_PER_SECOND) * 1_000;
  const scenario = talkingCaller(comingMs + talkSeconds * 1_000);
  const before = used();
  const over = callers({ scenario, number, calls, callsPerSecond: CALLS_PER_SECOND });
  const areUp = async (): Promise<boolean> => {
    const counted = /(\d+) active channels?/.exec(await asterisk.cli("core show channels count"))?.[1];
    return Number(counted) >= channels;
  };
  await pause(comingMs);
  await eventually(`${calls} calls that talk`, areUp);
  await pause(SETTLE_MS);
  const talking = { used: used(), packets: packetsSent(), atMs: performance.now() };
  await pause(talkSeconds * 1_000 - 2 * SETTLE_MS);
  const seconds = (performance.now() - talking.atMs) / 1_000;
  const talkingCpuMs = ((used() - talking.used) * 1_000) / calls / seconds;
  const packetsPerSecond = (packetsSent() - talking.packets) / calls / seconds;
  const { failed } = await over;
  await done?.();
  const cpuMs = ((used() - before) * 1_000) / calls;
  await quiet(asterisk);
  return { subject: name, calls, failed, cpuMs, talkingCpuMs, packetsPerSecond };
}

/** Datagrams sent by whoever shares this network: nobody but those who take part. */
function packetsSent(): number {
  const [names = "", values = ""] = readFileSync("/proc/net/snmp", "utf8").match(/^Udp: .*$/gm) ?? [];
  return Number(values.split(" ")[names.split(" ").indexOf("OutDatagrams")]);
}

/** Says how a run was, and gives it. */
export function tell(what: string, run: TalkRun): TalkRun {
  const { subject, calls, failed, cpuMs, talkingCpuMs, packetsPerSecond } = run;
  const media = `${packetsPerSecond.toFixed(0)} packets/s each`;
  const cpu = `CPU per call ${cpuMs.toFixed(0)} ms, of a second of it ${talkingCpuMs.toFixed(2)} ms`;
  say(`  ${what}: ${subject}, ${calls} calls, ${failed} failed, ${media}; ${cpu}`);
  return run;
}
