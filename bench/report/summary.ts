import type { LoadRun } from "../measure/load-run.ts";
import { median } from "../measure/statistics.ts";
import { ANSWERS, against, talksAgainst, WAYS } from "./against.ts";
import { ownReplyMs, ownWebhookReplyMs } from "./chats.ts";
import type { Results } from "./results.ts";

/** One subject in the table. */
export type Line = {
  readonly subject: string;
  readonly asteriskCpuMs: number;
  readonly clientCpuMs: number;
  /** Of Asterisk and client together, in multiples of the dialplan's. */
  readonly cpuRatio: number;
  readonly cleanCallsPerSecond: number;
  /** All rates were clean: it may be more. */
  readonly isOpenEnded: boolean;
  readonly callsRatio: number;
};

export type Aim = { readonly what: string; readonly aim: string; readonly measured: string; readonly isMet: boolean };

const DIALPLAN = "dialplan";
const OURS = "ringdown";
const OLDER_CLIENT = "ari-client";

/** A call in a hundred may send something twice; more of that is a machine at its end. */
const RETRANSMISSIONS_ALLOWED = 0.01;

/** Whether every call ended as it should. */
export const isClean = ({ failed, successful, retransmissions }: LoadRun): boolean =>
  failed === 0 && retransmissions <= successful * RETRANSMISSIONS_ALLOWED;

export function linesOf({ cost, rates }: Results): readonly Line[] {
  const subjects = [...new Set(cost.map(({ subject }) => subject))];
  const of = (subject: string) => {
    const own = cost.filter((run) => run.subject === subject);
    const asteriskCpuMs = median(own.map((run) => run.asteriskCpuMs));
    const clientCpuMs = median(own.map((run) => run.clientCpuMs));
    const tried = rates.filter((run) => run.subject === subject);
    return { subject, asteriskCpuMs, clientCpuMs, ...cleanRate(tried, highest(rates)) };
  };
  const lines = subjects.map(of);
  const base = lines.find(({ subject }) => subject === DIALPLAN);
  const baseCpuMs = (base?.asteriskCpuMs ?? Number.NaN) + (base?.clientCpuMs ?? 0);
  return lines.map((line) => ({
    ...line,
    cpuRatio: (line.asteriskCpuMs + line.clientCpuMs) / baseCpuMs,
    callsRatio: line.cleanCallsPerSecond / (base?.cleanCallsPerSecond ?? Number.NaN),
  }));
}

const highest = (runs: readonly LoadRun[]): number => Math.max(...runs.map(({ callsPerSecond }) => callsPerSecond));

/** The highest rate below which every rate had a clean run. */
function cleanRate(tried: readonly LoadRun[], top: number): Pick<Line, "cleanCallsPerSecond" | "isOpenEnded"> {
  const clean = new Set(tried.filter(isClean).map(({ callsPerSecond }) => callsPerSecond));
  const failed = tried.map(({ callsPerSecond }) => callsPerSecond).filter((rate) => !clean.has(rate));
  const reached = [...clean].filter((rate) => rate < Math.min(...failed));
  const cleanCallsPerSecond = Math.max(0, ...reached);
  return { cleanCallsPerSecond, isOpenEnded: cleanCallsPerSecond === top };
}

/** What we want, beside what it is. */
export function aimsOf(results: Results, lines: readonly Line[]): readonly Aim[] {
  const lineOf = (name: string) => lines.find(({ subject }) => subject === name);
  const [ours, older] = [lineOf(OURS), lineOf(OLDER_CLIENT)];
  const reactionMs = results.reaction[OURS]?.all?.p99 ?? Number.NaN;
  const silenceMs = results.keyToSilenceMs[OURS]?.p99 ?? Number.NaN;
  const { calls: recorded } = results.recordings;
  const { liveCalls, engineStepsPerSecond: steps } = results;
  const ratio = (value: number) => `${value.toFixed(2)} ×`;
  const whole = (value: number) => Math.round(value).toLocaleString("en-US");
  /** None for what was not measured. */
  const aim = (
    what: string,
    wanted: string,
    value: number,
    show: (value: number) => string,
    isMet: (value: number) => boolean,
  ): readonly Aim[] => (Number.isNaN(value) ? [] : [{ what, aim: wanted, measured: show(value), isMet: isMet(value) }]);
  const cpu = ours?.cpuRatio ?? Number.NaN;
  const olderCpu = older?.cpuRatio ?? Number.NaN;
  const calls = ours?.callsRatio ?? Number.NaN;
  return [
    ...aim("processor time of a call, against the dialplan", "at most 1.35 ×", cpu, ratio, (value) => value <= 1.35),
    ...aim("processor time of a call, against `ari-client`", "below 1 ×", cpu / olderCpu, ratio, (value) => value < 1),
    ...aim(
      "calls a second without failure, against the dialplan",
      "at least 0.85 ×",
      calls,
      ratio,
      (value) => value >= 0.85,
    ),
    ...aim(
      `event to request at ${results.reactionCallsPerSecond} calls/s, p99`,
      "under 5 ms",
      reactionMs,
      (value) => `${value.toFixed(1)} ms`,
      (value) => value < 5,
    ),
    ...aim(
      "key to silence at the wire, p99",
      "under 100 ms",
      silenceMs,
      (value) => `${whole(value)} ms`,
      (value) => value < 100,
    ),
    ...ANSWERS.flatMap(({ what, pair }) =>
      aim(
        `callee's answer to audio at the caller, p50, against \`Dial()\`, ${what}`,
        "at most 1.2 ×",
        against((subject) => results.answerToAudioMs[subject]?.p50 ?? Number.NaN, pair).ratio,
        ratio,
        (value) => value <= 1.2,
      ),
    ),
    ...WAYS.flatMap(({ what, pair }) =>
      aim(
        `processor time of a bridged call, ${results.talks[0]?.calls} at once, against \`Dial()\`, ${what}`,
        "at most 1.25 × at 100",
        talksAgainst(results.talks, ({ talkingCpuMs }) => talkingCpuMs, pair).ratio,
        ratio,
        (value) => value <= 1.25,
      ),
    ),
    ...aim(
      `agent's hangup to the next caller's ring, ${whole(results.offers.waiting)} waiting, p99`,
      "under 100 ms with 200",
      results.offers.delayMs.p99,
      (value) => `${whole(value)} ms`,
      (value) => value < 100,
    ),
    ...aim(
      `a caller's packet to a user's WebSocket, ${results.streams.streams} calls stream, p99`,
      "under 60 ms with 30",
      results.streams.delayMs.p99,
      (value) => `${whole(value)} ms`,
      (value) => value < 60,
    ),
    ...aim(
      `a caller's packet to a recognizer's socket, ${results.streams.streams} calls are transcribed, p99`,
      "under 60 ms with 30",
      results.streams.recognizerMs.p99,
      (value) => `${whole(value)} ms`,
      (value) => value < 60,
    ),
    ...aim(
      `processor time of a second of a recorded call, ${recorded[0]?.calls} at once, against \`MixMonitor()\``,
      "at most 1.5 × at 50",
      talksAgainst(recorded, ({ talkingCpuMs }) => talkingCpuMs).ratio,
      ratio,
      (value) => value <= 1.5,
    ),
    ...aim(
      "processor time of the whole of such a call",
      "at most 1.5 × at 50",
      talksAgainst(recorded, ({ cpuMs }) => cpuMs).ratio,
      ratio,
      (value) => value <= 1.5,
    ),
    ...aim(
      "end of a caller's words to a chatbot's reply, without the engines, p95",
      "under 300 ms",
      ownReplyMs(results).p95,
      (value) => `${whole(value)} ms`,
      (value) => value < 300,
    ),
    ...aim(
      "the same of a webhook that may be asked ahead",
      "under 300 ms",
      ownWebhookReplyMs(results).p95,
      (value) => `${whole(value)} ms`,
      (value) => value < 300,
    ),
    ...aim(
      "a caller's voice to a chatbot's silence, p95",
      "under 250 ms",
      results.chats.bargeMs.p95,
      (value) => `${whole(value)} ms`,
      (value) => value < 250,
    ),
    ...aim(
      `memory with ${whole(liveCalls.calls)} live calls`,
      "under 300 MB with 1,000",
      liveCalls.residentMb,
      (value) => `${whole(value)} MB`,
      (value) => value < 300,
    ),
    ...aim("steps a second, stored in SQLite", "at least 10,000", steps.sqlite, whole, (value) => value >= 10_000),
    ...aim("steps a second, kept in memory", "at least 200,000", steps.memory, whole, (value) => value >= 200_000),
  ];
}
