import { setTimeout as pause } from "node:timers/promises";
import { nextAddress } from "../../test/support/loopback.ts";
import { freshCodec } from "../../test/support/rtp/codec.ts";
import { firstCountedMs, startCountingCaller } from "../load/counting-caller.ts";
import { VOICE_CODES } from "../load/sipp.ts";
import { recording } from "../subjects/asterisk.ts";
import type { Recorder } from "../subjects/recorders.ts";
import { type LoadParts, quiet, type Subject } from "./load-run.ts";
import { type Spread, spreadOf } from "./statistics.ts";
import { type TalkPlan, type TalkRun, talkRun, tell } from "./talks.ts";

export type RecordingPlan = TalkPlan & {
  /** Recordings whose beginning is looked at: so many calls within a second, so often. */
  readonly starts: { readonly callsAtOnce: number; readonly rounds: number };
};
export type Recorders = { readonly dialplan: Recorder; readonly ringdown: Recorder };
type Parts = Omit<LoadParts, "scenario">;

const SAMPLES_PER_SECOND = 8_000;
const callersSamples: ReadonlySet<number> = new Set(freshCodec("pcmu").decode(VOICE_CODES));
/** Of the time in which a prompt is spoken, so much is no pause. */
const SPOKEN_SHARE = 0.5;
const SPREAD_MS = 1_000;
/** Longer than a recording takes to begin. */
const COUNT_MS = 1_200;

/** Calls that are recorded while both sides speak, by each subject in turn, round after round. */
export async function recordedRuns(
  parts: Parts,
  recorders: Recorders,
  pid: number,
  plan: RecordingPlan,
): Promise<readonly TalkRun[]> {
  const runs: TalkRun[] = [];
  const subjects: readonly (Subject & { readonly recorder: Recorder })[] = [
    { name: "dialplan", number: recording.dialplan.talk, recorder: recorders.dialplan },
    { name: "ringdown", number: recording.ringdown.talk, recorder: recorders.ringdown, pid },
  ];
  for (let round = 1; round <= plan.rounds; round++) {
    for (const { recorder, ...subject } of subjects) {
      const { calls } = plan;
      const how = { ...plan, channels: calls * recorder.channels, done: () => recorder.made(calls) };
      runs.push(tell(`recorded, round ${round}`, await talkRun(parts, subject, how)));
      for (const samples of await recorder.take()) mustHoldAll(samples, plan.talkSeconds);
    }
  }
  return runs;
}

/** What records less has less to do: it must last, and hold what was said to the caller beside what the caller said. */
function mustHoldAll(samples: Int16Array, seconds: number): void {
  if (samples.length < seconds * SAMPLES_PER_SECOND) throw new Error(`a recording has ${samples.length} samples only`);
  const others = samples.filter((sample) => sample !== 0 && !callersSamples.has(sample)).length;
  if (others < samples.length * SPOKEN_SHARE)
    throw new Error(`in a recording ${others} samples are of both sides only`);
}

/** How much of what a caller says after the answer is missing at the beginning of a recording, ms, by subject. */
export async function missingBeginnings(
  { asterisk }: Parts,
  recorders: Recorders,
  { callsAtOnce, rounds }: RecordingPlan["starts"],
): Promise<Readonly<Record<string, Spread>>> {
  using caller = await startCountingCaller(nextAddress(), { address: asterisk.address, port: 5060 });
  const subjects = [
    { name: "dialplan", number: recording.dialplan.start, recorder: recorders.dialplan, found: [] as number[] },
    { name: "ringdown", number: recording.ringdown.start, recorder: recorders.ringdown, found: [] as number[] },
  ];
  for (let round = 0; round < rounds; round++) {
    for (const { number, recorder, found } of subjects) {
      const calls = Array.from({ length: callsAtOnce }, async (_, index) => {
        await pause((index * SPREAD_MS) / callsAtOnce);
        await caller.call(number, COUNT_MS);
      });
      await Promise.all(calls);
      await recorder.made(callsAtOnce);
      found.push(...(await recorder.take()).map((samples) => firstCountedMs(samples) ?? COUNT_MS));
      await quiet(asterisk);
    }
  }
  return Object.fromEntries(subjects.map(({ name, found }) => [name, spreadOf(found)]));
}
