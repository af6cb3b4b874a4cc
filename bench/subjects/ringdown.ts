import { globSync, statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Asterisk } from "../../test/support/asterisk.ts";
import { type Ringdown, startRingdown } from "../../test/support/ringdown.ts";
import type { Callers } from "../load/callers.ts";
import { menuCaller, patientCaller } from "../load/scenario.ts";
import type { Prompts } from "../programs/menu.ts";
import { type Callees, calleeUri, connecting, meeting, numbersOf, recording } from "./asterisk.ts";

const talk = (text: string, option: object = {}) => ({
  type: "talk",
  option: { text, language: "en-US", provider: "local", ...option },
});

const LONG_TEXT = "Please listen to all of this, although a key stops it. ".repeat(8);
const HOLD_MS = 600_000;
/** Longer than the synthesis of a prompt takes on a busy machine. */
const SPEAKING_MS = 3_000;

const connect = (address: string, option: object = {}) => ({
  type: "connect",
  option: { destinations: [{ type: "sip", target: calleeUri(address) }], ...option },
});
const LIKE_DIAL = { early_media: true, collect_digits: false };

const flows = (callees: Callees) => ({
  [numbersOf.ringdown.menu]: [
    { type: "answer" },
    talk("Press one."),
    { type: "digits_receive", option: { length: 1, duration: 10_000 } },
    { type: "branch", option: { target_ids: { "1": "goodbye" } } },
    { type: "hangup" },
    { id: "goodbye", ...talk("Goodbye.") },
    { type: "hangup" },
  ],
  [numbersOf.ringdown.long]: [
    { type: "answer" },
    talk(LONG_TEXT, { digits_handle: "next" }),
    { type: "sleep", option: { duration: 10_000 } },
  ],
  [numbersOf.ringdown.hold]: [{ type: "answer" }, { type: "digits_receive", option: { duration: HOLD_MS } }],
  [recording.ringdown.talk]: [{ type: "answer" }, { type: "recording_start" }, talk(LONG_TEXT)],
  [recording.ringdown.start]: [
    { type: "answer" },
    { type: "recording_start" },
    { type: "sleep", option: { duration: 10_000 } },
  ],
  [connecting.ringdown.single]: [connect(callees.single)],
  [connecting.ringdown.many]: [connect(callees.many)],
  [connecting["ringdown, as Dial()"].single]: [connect(callees.single, LIKE_DIAL)],
  [connecting["ringdown, as Dial()"].many]: [connect(callees.many, LIKE_DIAL)],
});

/** Ringdown as it is delivered: everything stored, its log written at the usual level. */
export async function startBenchRingdown(
  asterisk: Asterisk,
  callees: Callees,
  environment: Readonly<Record<string, string>>,
): Promise<Ringdown> {
  const ringdown = await startRingdown({ asterisk, environment: { RINGDOWN_LOG_LEVEL: "info", ...environment } });
  for (const [number, actions] of Object.entries(flows(callees))) await takeCalls(ringdown, number, actions);
  const { id: conference_id } = await ringdown.api.post("/conferences", { name: "bench" });
  await takeCalls(ringdown, meeting.ringdown, [{ type: "conference_join", option: { conference_id } }]);
  return ringdown;
}

/** Leads the calls of a number to these actions. */
export async function takeCalls({ api }: Ringdown, number: string, actions: readonly object[]): Promise<void> {
  const { id } = await api.post("/flows", { name: "bench", actions });
  await api.post("/numbers", { number, call_flow_id: id });
}

/** Streams the calls of a number to a host. */
export const takeStreams = (ringdown: Ringdown, number: string, external_host: string): Promise<void> =>
  takeCalls(ringdown, number, [
    { type: "answer" },
    { type: "external_media_start", option: { external_host, format: "slin", direction: "send" } },
    { type: "sleep", option: { duration: HOLD_MS } },
  ]);

/** Has what callers of a number say recognized by Google. */
export const takeTranscriptions = (ringdown: Ringdown, number: string): Promise<void> =>
  takeCalls(ringdown, number, [
    { type: "answer" },
    { type: "transcribe_start", option: { provider: "gcp", language: "en-US", direction: "in" } },
    { type: "sleep", option: { duration: HOLD_MS } },
  ]);

/** A queue with music, behind a number. */
export async function makeBenchQueue(ringdown: Ringdown, number: string) {
  const { api } = ringdown;
  const { id: queue_id } = await api.post("/queues", { name: "bench" });
  await takeCalls(ringdown, number, [{ type: "answer" }, { type: "queue_join", option: { queue_id } }]);
  return {
    waiting: async (): Promise<number> => {
      const { wait_queuecall_ids } = waitingSchema.parse(await api.get(`/queues/${queue_id}`));
      return wait_queuecall_ids.length;
    },
    /** An agent takes its callers, until the result is called. */
    async enter(target: string): Promise<() => Promise<void>> {
      const agent = await api.post("/agents", {
        name: "bench",
        addresses: [{ type: "sip", target }],
        status: "available",
      });
      return async () => void (await api.request("PUT", `/agents/${agent.id}/status`, { status: "offline" }));
    },
  };
}

const waitingSchema = z.looseObject({ wait_queuecall_ids: z.array(z.string()) });

/** Lets Ringdown speak each prompt once, so that from now on all comes from the cache; gives the files. */
export async function spokenPrompts(ringdown: Ringdown, callers: Callers): Promise<Prompts> {
  const once = { calls: 1, callsPerSecond: 1 };
  await callers({ ...once, scenario: menuCaller(SPEAKING_MS), number: numbersOf.ringdown.menu });
  await callers({ ...once, scenario: patientCaller(SPEAKING_MS), number: numbersOf.ringdown.long });
  const bytesOf = (file: string): number => statSync(file).size;
  const files = globSync(join(ringdown.dataDirectory, "media/**/*.wav")).toSorted((a, b) => bytesOf(b) - bytesOf(a));
  const [long, welcome, goodbye] = files;
  if (!long || !welcome || !goodbye) throw new Error(`there should be three prompts: ${files.join(", ")}`);
  return { welcome, goodbye, long };
}

/** How long a prompt of 8 kHz sounds. */
export const durationMsOf = (file: string): number => (statSync(file).size - 44) / 16;
