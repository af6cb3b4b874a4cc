import type { Asterisk } from "../../test/support/asterisk.ts";
import { eventually } from "../../test/support/eventually.ts";
import type { Callers } from "../load/callers.ts";
import { patientCaller } from "../load/scenario.ts";
import { numbersOf } from "../subjects/asterisk.ts";
import { residentMb } from "./process-usage.ts";

const CALLS_PER_SECOND = 40;
/** After the last call has come, all stay for so long. */
const TOGETHER_MS = 6_000;

/** Ringdown's memory when so many calls wait for a key at the same time. */
export async function liveCalls(asterisk: Asterisk, callers: Callers, pid: number, calls: number) {
  const idleMb = residentMb(pid);
  if (calls === 0) return { calls, residentMb: Number.NaN, idleMb };
  const comingMs = (calls / CALLS_PER_SECOND) * 1_000;
  const scenario = patientCaller(comingMs + TOGETHER_MS);
  const over = callers({ scenario, number: numbersOf.ringdown.hold, calls, callsPerSecond: CALLS_PER_SECOND });
  const areUp = async (): Promise<boolean> => {
    const counted = /(\d+) active calls?/.exec(await asterisk.cli("core show channels count"))?.[1];
    return Number(counted) >= calls;
  };
  await eventually(`${calls} live calls`, areUp, comingMs + TOGETHER_MS);
  const whileLiveMb = residentMb(pid);
  await over;
  return { calls, residentMb: whileLiveMb, idleMb };
}
