/** Words of a call, understood by a model on this machine. */
import { readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import type { Call } from "../support/call.ts";
import { eventually } from "../support/eventually.ts";
import { startLab } from "../support/lab.ts";
import { silence } from "../support/tones.ts";
import { spoken } from "../support/words.ts";
import { aftermathOf, prompt } from "./actions/support.ts";

const MODEL = join(import.meta.dirname, "../fixtures/speech-models/streaming-ctc");
const lab = await startLab({
  environment: { RINGDOWN_STT_LOCAL_MODEL_DIR: MODEL, RINGDOWN_STT_LOCAL_LANGUAGES: "en" },
});

/** Behind a `transcribe_start`: when it is heard, the call is. */
const ready = prompt(lab, 1_700);
const flow = [
  { type: "answer" },
  { type: "transcribe_start", option: { provider: "local", language: "en-US", direction: "in" } },
  ready,
  { type: "sleep", option: { duration: 60_000 } },
];

async function say(call: Call, ...words: readonly string[]): Promise<void> {
  for (const word of words) await call.say(Int16Array.from([...(await spoken(word, 8_000)), ...silence(800)]));
}

/** The process that decodes for the Ringdown that runs in this directory. */
async function decoderOf(directory: string): Promise<number> {
  for (const name of await readdir("/proc")) {
    const path = `/proc/${name}`;
    // Most names are no processes, and processes end.
    const [command, place] = await Promise.all([
      readFile(`${path}/cmdline`, "utf8").catch(() => ""),
      readlink(`${path}/cwd`).catch(() => ""),
    ]);
    if (place === directory && command.includes("sherpa/decoder.ts")) return Number(name);
  }
  throw new Error("nobody decodes");
}

const transcriptSchema = z.looseObject({ message: z.string(), provider: z.string() });
async function transcriptsOf(number: string) {
  const { id } = await lab.recordOf(number);
  const [transcribe] = await lab.api.list(`/transcribes?reference_id=${id}`);
  const all = await lab.api.list(`/transcripts?transcribe_id=${transcribe?.id}`);
  return transcriptSchema.array().parse(all).toReversed();
}
const isUnderstood = (number: string, ...words: readonly string[]) =>
  eventually(`${words.join(", ")}`, async () => {
    const heard = (await transcriptsOf(number)).map(({ message }) => message);
    if (heard.join() !== words.join()) throw new Error(`understood: ${heard.join(", ")}`);
    return true;
  });

test("what a caller says is understood while the call goes on", async () => {
  const call = await lab.call(flow);
  await call.heard(1_700);
  await say(call, "yes", "sales");
  await isUnderstood(call.number, "yes", "sales");
  await call.hangup();
  expect(await transcriptsOf(call.number)).toMatchObject([{ provider: "local" }, { provider: "local" }]);
});

test("when the process that decodes dies in mid-word, another one understands the word", async () => {
  const call = await lab.call(flow);
  await call.heard(1_700);
  await say(call, "help");
  await isUnderstood(call.number, "help");
  const word = await spoken("goodbye", 8_000);
  await call.say(word.subarray(0, word.length / 2));
  process.kill(await decoderOf(lab.ringdown.dataDirectory), "SIGKILL");
  await call.say(Int16Array.from([...word.subarray(word.length / 2), ...silence(800)]));
  await isUnderstood(call.number, "help", "goodbye");
  await call.hangup();
  const { facts } = await aftermathOf(lab, call.number);
  expect(facts("transcribe_failed")).toMatchObject([{ provider: "local", fault: "unavailable" }]);
});
