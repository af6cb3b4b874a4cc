import type { Spread } from "../measure/statistics.ts";
import type { TalkRun } from "../measure/talks.ts";
import { type Against, ANSWERS, against, type Pair, talksAgainst, WAYS } from "./against.ts";
import { chatsOf } from "./chats.ts";
import type { Results } from "./results.ts";
import { aimsOf, type Line, linesOf } from "./summary.ts";

const NAMES: Readonly<Record<string, string>> = {
  dialplan: "plain dialplan",
  "ari-client": "minimal program, `ari-client`",
  socket: "minimal program, requests over the WebSocket",
  ringdown: "**Ringdown**, everything stored",
};

/** The results for people. */
export function markdown(results: Results): string {
  const lines = linesOf(results);
  const { machine, versions } = results;
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `${results.startedAt.slice(0, 10)}, ${machine.cores} cores (${machine.processor}), ${named.join(", ")};`,
    `load of the machine ${machine.loadBefore.toFixed(1)} before, ${machine.loadAfter.toFixed(1)} after.`,
    ...(results.quick ? ["A quick run: it shows that the benchmark works, not what the numbers are."] : []),
    "",
    ...section(
      [
        "",
        "CPU per call",
        "Asterisk",
        "client",
        "calls/s without failure",
        "memory",
        "event→request p50 / p99",
        "key→silence p50 / p99",
      ],
      lines.map((line) => rowOf(line, results)),
      "CPU per call and calls/s are multiples of the plain dialplan's. Asterisk and client: ms of processor time per call.",
    ),
    ...section(["two and more calls", "plain dialplan", "Ringdown", ""], togetherOf(results)),
    ...section(["recorded calls", "plain dialplan, `MixMonitor()`", "Ringdown", ""], recordedOf(results)),
    ...section(["talks with a chatbot", "p50", "p95", "p99"], chatsOf(results)),
    ...section(
      ["aim", "wanted", "measured", ""],
      aimsOf(results, lines).map(({ what, aim, measured, isMet }) => [
        what,
        aim,
        measured,
        isMet ? "met" : "**missed**",
      ]),
    ),
  ].join("\n");
}

/** What is compared with `Dial()` and `ConfBridge()`; nothing of what was not measured. */
function togetherOf({ answerToAudioMs, talks, conferences }: Results): readonly (readonly string[])[] {
  const answer = (share: "p50" | "p99", pair: Pair) =>
    against((subject) => answerToAudioMs[subject]?.[share] ?? Number.NaN, pair);
  const sizes = [...new Set(conferences.map(({ calls }) => calls))];
  const sized = (size: number) => conferences.filter(({ calls }) => calls === size);
  return [
    ...ANSWERS.flatMap(({ what, pair }) => [
      ...row(`callee's answer to audio at the caller, ${what}, p50`, answer("p50", pair), inDigits(1, "ms")),
      ...row("the same, p99", answer("p99", pair), inDigits(1, "ms")),
    ]),
    ...WAYS.flatMap(({ what, pair }) => [
      ...row(
        `a second of a bridged call, ${talks[0]?.calls} at once, ${what}: CPU`,
        talksAgainst(talks, talking, pair),
        inDigits(2, "ms"),
      ),
      ...row("the whole of such a call: CPU", talksAgainst(talks, whole, pair), inDigits(0, "ms")),
    ]),
    ...sizes.flatMap((size) =>
      row(`a second of one of ${size} in a conference: CPU`, talksAgainst(sized(size), talking), inDigits(2, "ms")),
    ),
  ];
}

/** What is compared with `MixMonitor()`; nothing of what was not measured. */
function recordedOf({ recordings: { calls, callsAtOnce, missingMs } }: Results): readonly (readonly string[])[] {
  const missing = (share: "p50" | "p99") => against((subject) => missingMs[subject]?.[share] ?? Number.NaN);
  const count = calls[0]?.calls;
  return [
    ...row(`a second of a recorded call, ${count} at once: CPU`, talksAgainst(calls, talking), inDigits(2, "ms")),
    ...row("the whole of such a call, until its recording is kept: CPU", talksAgainst(calls, whole), inDigits(0, "ms")),
    ...row(
      `said after the answer, but not recorded, ${callsAtOnce} calls a second, p50`,
      missing("p50"),
      inDigits(0, "ms"),
    ),
    ...row("the same, p99", missing("p99"), inDigits(0, "ms")),
  ];
}

const talking = ({ talkingCpuMs }: TalkRun) => talkingCpuMs;
const whole = ({ cpuMs }: TalkRun) => cpuMs;
const inDigits = (digits: number, unit: string) => (value: number) => `${value.toFixed(digits)} ${unit}`;

/** A row that compares; none when it was not measured. */
const row = (what: string, { dialplan, ringdown, ratio }: Against, show: (value: number) => string) =>
  Number.isNaN(ringdown) ? [] : [[what, show(dialplan), show(ringdown), dialplan > 0 ? `${ratio.toFixed(2)} ×` : "–"]];

const rowOf = (line: Line, { residentMb, reaction, keyToSilenceMs }: Results): readonly string[] => [
  NAMES[line.subject] ?? line.subject,
  `${line.cpuRatio.toFixed(2)} ×`,
  line.asteriskCpuMs.toFixed(1),
  line.clientCpuMs === 0 ? "–" : line.clientCpuMs.toFixed(1),
  `${line.callsRatio.toFixed(2)} × (${line.isOpenEnded ? "≥ " : ""}${line.cleanCallsPerSecond})`,
  inMb(residentMb[line.subject]),
  inMs(reaction[line.subject]?.all, 1),
  inMs(keyToSilenceMs[line.subject], 0),
];

const inMb = (megabytes: number | undefined): string => (megabytes === undefined ? "–" : `${Math.round(megabytes)} MB`);

const inMs = (spread: Spread | undefined, digits: number): string =>
  spread ? `${spread.p50.toFixed(digits)} / ${spread.p99.toFixed(digits)} ms` : "–";

/** A table and what is said below it; nothing when it has no rows. */
const section = (heads: readonly string[], rows: readonly (readonly string[])[], note?: string): readonly string[] =>
  rows.length === 0 ? [] : [table(heads, rows), "", ...(note === undefined ? [] : [note, ""])];

const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  [heads, heads.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
