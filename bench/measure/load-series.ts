import { say } from "../../scripts/prerequisites/progress.ts";
import { isClean } from "../report/summary.ts";
import { type LoadParts, type LoadRun, runLoad, type Subject } from "./load-run.ts";

/** A rate that failed gets this many chances: others use the machine too. */
const TRIES = 2;

/** The same load on each subject in turn, round after round, so that noise hits all alike. */
export async function costRuns(
  parts: LoadParts,
  subjects: readonly Subject[],
  { rounds, ...load }: { callsPerSecond: number; seconds: number; rounds: number },
): Promise<readonly LoadRun[]> {
  const runs: LoadRun[] = [];
  for (let round = 1; round <= rounds; round++) {
    for (const subject of subjects) runs.push(tell(`cost, round ${round}`, await runLoad(parts, subject, load)));
  }
  return runs;
}

/** Rising rates on each subject in turn; one whose calls fail is left out of what follows. */
export async function risingRuns(
  parts: LoadParts,
  subjects: readonly Subject[],
  { rates, rateSeconds }: { rates: readonly number[]; rateSeconds: number },
): Promise<readonly LoadRun[]> {
  const runs: LoadRun[] = [];
  let standing = subjects;
  for (const callsPerSecond of rates) {
    const held: Subject[] = [];
    for (const subject of standing) {
      for (let attempt = 1; attempt <= TRIES; attempt++) {
        const run = await runLoad(parts, subject, { callsPerSecond, seconds: rateSeconds });
        runs.push(tell(`rate, try ${attempt}`, run));
        if (!isClean(run)) continue;
        held.push(subject);
        break;
      }
    }
    standing = held;
  }
  return runs;
}

const tell = (what: string, run: LoadRun): LoadRun => {
  const { subject, callsPerSecond, successful, failed, retransmissions, asteriskCpuMs, clientCpuMs } = run;
  const calls = `${successful} calls, ${failed} failed, ${retransmissions} retransmissions`;
  say(
    `  ${what}: ${subject} at ${callsPerSecond}/s: ${calls}; CPU per call ${asteriskCpuMs.toFixed(1)} + ${clientCpuMs.toFixed(1)} ms`,
  );
  return run;
};
