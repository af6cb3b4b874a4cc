/** Runs the benchmark where Asterisk and SIPp are; writes results to the folder given, and tables to stdout. */
import { writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { step } from "../scripts/prerequisites/progress.ts";
import { nextAddress } from "../test/support/loopback.ts";
import { callersAt } from "./load/callers.ts";
import { menuCaller } from "./load/scenario.ts";
import { answersToAudio } from "./measure/answer-to-audio.ts";
import { chats } from "./measure/chats.ts";
import { engineAlone } from "./measure/engine-alone.ts";
import { silences } from "./measure/key-to-silence.ts";
import { liveCalls } from "./measure/live-calls.ts";
import { costRuns, risingRuns } from "./measure/load-series.ts";
import { machine, versions } from "./measure/machine.ts";
import { offers } from "./measure/offers.ts";
import { childRunning, residentMb } from "./measure/process-usage.ts";
import { reactionsOf } from "./measure/reaction.ts";
import { missingBeginnings, recordedRuns } from "./measure/recordings.ts";
import { conferenceRuns, talkRuns } from "./measure/talks.ts";
import { voicesToHost } from "./measure/voice-to-host.ts";
import { fullPlan, only, parts, quickPlan } from "./plan.ts";
import { markdown } from "./report/markdown.ts";
import type { Results } from "./report/results.ts";
import { startSubjects } from "./subjects/all.ts";
import { connecting, meeting, numbersOf, startBenchAsterisk } from "./subjects/asterisk.ts";
import { ENGINES_MS } from "./subjects/chat-engines.ts";
import { startRecognizer, startWebSocketHost } from "./subjects/live-hosts.ts";
import { dialplanRecorder, ringdownRecorder } from "./subjects/recorders.ts";
import { takeStreams, takeTranscriptions } from "./subjects/ringdown.ts";

const { values: given } = parseArgs({
  options: {
    quick: { type: "boolean" },
    json: { type: "boolean" },
    only: { type: "string" },
    into: { type: "string", default: "/results" },
  },
});
const wanted = given.only?.split(",") ?? parts;
const plan = only(
  parts.filter((part) => wanted.includes(part)),
  given.quick ? quickPlan : fullPlan,
);
/** A key too early would be lost by the dialplan; prompts begin late on a busy machine. */
const THINK_MS = 700;

const startedAt = new Date().toISOString();
const startMs = performance.now();
const loadBefore = loadavg()[0] ?? 0;
const engineStepsPerSecond = await step("Engine alone", () => engineAlone(plan.engine));

const callees = { single: nextAddress(), many: nextAddress() };
await using asterisk = await startBenchAsterisk(callees);
const asteriskPid = childRunning(join(asterisk.directory, "etc/asterisk.conf"));
const callers = callersAt(nextAddress(), `${asterisk.address}:5060`);
const measured = await measureUntapped();
const reaction = await measureTapped();
const talksWithChatbots = await step("Talks with a chatbot", () => chats(asterisk, plan));

const results: Results = {
  startedAt,
  durationSeconds: Math.round((performance.now() - startMs) / 1_000),
  quick: plan.quick,
  machine: machine(loadBefore),
  versions: await versions(asterisk),
  ...measured,
  reaction,
  chats: {
    ...talksWithChatbots,
    talks: plan.chatbot.talks,
    webhookTalks: plan.webhook.talks,
    bargeTalks: plan.barge.talks,
    enginesMs: ENGINES_MS,
  },
  reactionCallsPerSecond: plan.reaction.callsPerSecond,
  engineStepsPerSecond,
};
const written = `${JSON.stringify(results, undefined, 2)}\n`;
writeFileSync(join(given.into, `${startedAt.replaceAll(/[-:]|\.\d+/g, "")}.json`), written);
writeFileSync(join(given.into, "latest.md"), markdown(results));
process.stdout.write(given.json ? written : markdown(results));

/** What a witness on the wire would disturb. */
async function measureUntapped() {
  await using recognizer = await startRecognizer(nextAddress());
  const environment = { RINGDOWN_GCP_STT_ENDPOINT: recognizer.url };
  await using subjects = await startSubjects(asterisk, callers, callees, { tapped: false, environment });
  const parts = { asterisk, asteriskPid, callers, scenario: menuCaller(subjects.promptMs + THINK_MS) };
  const inTurn = [subjects.dialplan, ...subjects.all];
  const ours = subjects.all.find(({ name }) => name === "ringdown")?.pid ?? 0;
  // First, because a process that has had many calls keeps memory for more of them.
  const live = await step("Many live calls", () => liveCalls(asterisk, callers, ours, plan.liveCalls));
  const cost = await step("Cost of a call", () => costRuns(parts, inTurn, plan.cost));
  const rates = await step("Rising rates", () => risingRuns(parts, inTurn, plan));
  const keyToSilenceMs = await step("Key to silence", () => silences(asterisk.address, plan.keys));
  const bothAt = (numbers: { readonly dialplan: string; readonly ringdown: string }) => [
    { name: "dialplan", number: numbers.dialplan },
    { name: "ringdown", number: numbers.ringdown, pid: ours },
  ];
  const connectors = Object.entries(connecting).map(([name, { many: number }]) => ({
    ...{ name, number },
    ...(name.startsWith("ringdown") ? { pid: ours } : {}),
  }));
  const talks = await step("Bridged calls", () => talkRuns(parts, connectors, callees.many, plan.bridge));
  // After those, so that nothing is compiled while it is measured.
  const answerToAudioMs = await step("Answer to audio", () =>
    answersToAudio(asterisk.address, callees.single, plan.connect),
  );
  const conferences = await step("Conferences", () => conferenceRuns(parts, bothAt(meeting), plan.conference));
  const { ringdown } = subjects;
  const delayMs = await step("Queue", () => offers({ ringdown, callers, server: asterisk.address }, plan.queue));
  await using webSocket = await startWebSocketHost(nextAddress());
  const { stream, transcribe } = numbersOf.ringdown;
  await takeStreams(ringdown, stream, webSocket.url);
  await takeTranscriptions(ringdown, transcribe);
  const server = asterisk.address;
  const voiceMs = await step("Live audio", () =>
    voicesToHost({ server, number: stream, host: webSocket }, plan.stream),
  );
  const recognizerMs = await step("Live transcription", () =>
    voicesToHost({ server, number: transcribe, host: recognizer }, plan.stream),
  );
  const recorders = { dialplan: dialplanRecorder(asterisk), ringdown: ringdownRecorder(asterisk, ringdown) };
  const recorded = await step("Recorded calls", () => recordedRuns(parts, recorders, ours, plan.record));
  const missingMs = await step("Beginnings of recordings", () =>
    missingBeginnings(parts, recorders, plan.record.starts),
  );
  const memory = subjects.all.map(({ name, pid }) => [name, residentMb(pid)] as const);
  return {
    cost,
    rates,
    keyToSilenceMs,
    answerToAudioMs,
    talks,
    conferences,
    streams: { streams: plan.stream.streams, delayMs: voiceMs, recognizerMs },
    recordings: { calls: recorded, callsAtOnce: plan.record.starts.callsAtOnce, missingMs },
    offers: { waiting: plan.queue.waiting, delayMs },
    residentMb: Object.fromEntries(memory),
    liveCalls: live,
  };
}

async function measureTapped() {
  if (plan.reaction.seconds === 0) return {};
  await using subjects = await startSubjects(asterisk, callers, callees, { tapped: true });
  const parts = { asterisk, asteriskPid, callers, scenario: menuCaller(subjects.promptMs + THINK_MS) };
  return await step("Event to request", () => reactionsOf(parts, subjects, plan.reaction));
}
