import { expect, test } from "vitest";
import { createOutput } from "../../src/providers/recognition/output.ts";
import { pocketsphinx } from "../../src/providers/recognition/pocketsphinx.ts";
import { toolRunner } from "../../src/providers/run-tool.ts";
import { silence } from "../support/tones.ts";
import { spoken } from "../support/words.ts";
import { never } from "./media-parts.ts";

const provider = pocketsphinx(toolRunner(), 600);
const HINTS = ["Press one for sales.", "press two for support", "goodbye"];

async function understood(
  sentences: readonly string[],
  more: object = {},
  sampleRateHz: 8_000 | 16_000 = 16_000,
): Promise<readonly string[]> {
  const audio = createOutput<Uint8Array>();
  for (const sentence of sentences) {
    audio.add(new Uint8Array((await spoken(sentence, sampleRateHz)).buffer));
    audio.add(new Uint8Array(silence(1_000, sampleRateHz).buffer));
  }
  audio.end();
  const order = { audio, sampleRateHz, language: "en-US", hints: HINTS, ...more } as const;
  const texts: string[] = [];
  for await (const { text } of provider.recognize(order, never)) texts.push(text);
  return texts;
}

test.each([16_000, 8_000] as const)("hints are understood word for word, at %d Hz", async (sampleRateHz) => {
  expect(await understood(["Press two for support.", "Goodbye.", "Press one for sales."], {}, sampleRateHz)).toEqual([
    "press two for support",
    "goodbye",
    "press one for sales",
  ]);
});

test("what is no hint is not taken for one", async () => {
  const texts = await understood(["I would like to talk to somebody please."]);
  expect(texts).toHaveLength(1);
  expect(HINTS).not.toContain(texts[0]);
});

test("without hints its own vocabulary has to do", async () => {
  expect(await understood(["Goodbye."], { hints: [] })).toEqual(["goodbye"]);
});

test.each([
  ["another language", { language: "de-DE" }],
  ["hints in words that it does not know", { hints: ["press one for xyzzyfoo"] }],
])("%s is refused, and it is said what would help", async (_name, more) => {
  await expect(understood(["Goodbye."], more)).rejects.toMatchObject({
    fault: "refused",
    remedy: expect.stringMatching(/RINGDOWN_STT_LOCAL|English/),
  });
});
