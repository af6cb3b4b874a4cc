import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import type { ListenTrouble } from "../../src/ports/speech-recognition.ts";
import { providerHealth } from "../../src/providers/recognition/health.ts";
import { createOutput } from "../../src/providers/recognition/output.ts";
import { pocketsphinx } from "../../src/providers/recognition/pocketsphinx.ts";
import type { RecognitionProvider } from "../../src/providers/recognition/provider.ts";
import { recognizer } from "../../src/providers/recognition/recognizer.ts";
import { toolRunner } from "../../src/providers/run-tool.ts";
import { systemClock as clock } from "../../src/providers/system/clock.ts";
import { eventually } from "../support/eventually.ts";
import { silence, tone } from "../support/tones.ts";
import { never } from "./media-parts.ts";

const DEADLINE_MS = 2_000;
const folder = await mkdtemp(join(tmpdir(), "ringdown-stalled-"));
afterAll(() => rm(folder, { recursive: true }));
const STALLED = join(folder, "stalled");
const PROCESS = join(folder, "process");
const PROGRAM = join(folder, "pocketsphinx");
/** Hears a word in everything, except while it stalls. */
await writeFile(
  PROGRAM,
  `#!/bin/sh
if [ -e ${STALLED} ]; then echo $$ >${PROCESS}; exec sleep 600; fi
cat >/dev/null
echo '{"b":0,"d":1,"p":0.9,"t":"goodbye"}'
`,
);
await chmod(PROGRAM, 0o755);
vi.stubEnv("PATH", `${folder}${delimiter}${process.env.PATH}`);

const local = pocketsphinx(toolRunner(), 600, DEADLINE_MS);
const other: RecognitionProvider = {
  name: "other",
  isPrompt: false,
  longestMs: Number.POSITIVE_INFINITY,
  async *recognize({ audio }) {
    for await (const _ of audio);
    yield { text: "understood by another", isFinal: true, endMs: 1_000 };
  },
};

/** What providers make of one word, and what went wrong meanwhile. */
async function listen(providers: readonly RecognitionProvider[], onTrouble: (trouble: ListenTrouble) => void) {
  const order = providers.map(({ name }) => name);
  const audio = createOutput<Uint8Array>();
  audio.add(new Uint8Array(tone(440, 600, 16_000).buffer));
  audio.add(new Uint8Array(silence(1_000, 16_000).buffer));
  audio.end();
  const texts: string[] = [];
  const { listen } = recognizer({ providers, order, clock, health: providerHealth(clock) });
  const request = { audio, sampleRateHz: 16_000, language: "en-US", onTrouble } as const;
  for await (const { text } of listen(request, never)) texts.push(text);
  return texts;
}

const TIMEOUT = {
  provider: "local",
  fault: "timeout",
  error: "pocketsphinx took too long and was stopped",
  remedy: expect.stringContaining("RINGDOWN_STT_LOCAL_URL"),
};

test("pocketsphinx that stalls is stopped after its deadline, which is told; another one understands the word", async () => {
  await writeFile(STALLED, "");
  const troubles: ListenTrouble[] = [];
  const began = performance.now();
  expect(await listen([local, other], (trouble) => troubles.push(trouble))).toEqual(["understood by another"]);
  expect(performance.now() - began).toBeLessThan(DEADLINE_MS * 3);
  expect(troubles).toMatchObject([TIMEOUT]);
  const id = Number(await readFile(PROCESS, "utf8"));
  await eventually("the end of its process", () => !isRunning(id));
});

test("when there is no other, it is asked again, and the word is not lost", async () => {
  await writeFile(STALLED, "");
  const troubles: ListenTrouble[] = [];
  const texts = await listen([local], (trouble) => {
    troubles.push(trouble);
    void rm(STALLED);
  });
  expect(texts).toEqual(["goodbye"]);
  expect(troubles).toMatchObject([TIMEOUT]);
});

function isRunning(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch {
    return false;
  }
}
