import { afterAll, expect, test } from "vitest";
import { endpoint } from "../../src/providers/recognition/endpoint.ts";
import { createOutput } from "../../src/providers/recognition/output.ts";
import { nextAddress } from "../support/loopback.ts";
import { silence, tone } from "../support/tones.ts";
import { startEndpointServer } from "./endpoint-server.ts";
import { never } from "./media-parts.ts";
import { recognitionSuite } from "./recognition-suite.ts";

const server = await startEndpointServer(nextAddress());
const settings = { url: server.url, model: "whisper-1", deadlineMs: 2_000, pauseMs: 600 };
afterAll(() => server.close());

recognitionSuite({
  provider: endpoint(settings),
  faults: { refusal: "refused", quota: "quota", credentials: "credentials", cut: "unavailable", stall: "timeout" },
  begin: server.begin,
});

const WORD = tone(440, 400, 16_000);

async function ask(
  more: Partial<Parameters<typeof endpoint>[0]> = {},
  hints: readonly string[] = [],
  spoken: readonly Int16Array[] = [WORD],
) {
  const audio = createOutput<Uint8Array>();
  for (const { buffer } of spoken) audio.add(new Uint8Array(buffer));
  audio.end();
  const order = { audio, sampleRateHz: 16_000, language: "de-AT", hints } as const;
  const texts: string[] = [];
  for await (const { text } of endpoint({ ...settings, ...more }).recognize(order, never)) texts.push(text);
  return texts;
}

test("the endpoint is told the model, the key, the language without its country, and the hints", async () => {
  await ask({ key: "secret-key", model: "small" }, ["Ringdown", "Asterisk"]);
  expect(server.asked.at(-1)).toEqual({
    ...{ model: "small", language: "de", prompt: "Ringdown, Asterisk", authorization: "Bearer secret-key" },
    text: "tone 440",
  });
});

test.each([
  [600, 1],
  [200, 2],
])("with a pause of %i ms, two words 400 ms apart are %i sentences", async (pauseMs, sentences) => {
  expect(await ask({ pauseMs }, [], [WORD, silence(400, 16_000), WORD])).toHaveLength(sentences);
});

test("nobody at the endpoint's address is told as unavailable, with the setting to look at", async () => {
  await expect(ask({ url: `http://${nextAddress()}:9/v1` })).rejects.toMatchObject({
    fault: "unavailable",
    remedy: expect.stringContaining("RINGDOWN_STT_LOCAL_URL"),
  });
});

test.each([[{ words: "none" }], ["rubbish"], [null]])("an answer without a text is a failure: %j", async (answer) => {
  server.answerWith(() => answer);
  await expect(ask()).rejects.toMatchObject({ fault: "failed" });
  server.answerWith(undefined);
});

test("an answer without words says that there were none", async () => {
  server.answerWith(() => ({ text: " \n" }));
  expect(await ask()).toEqual([""]);
  server.answerWith(undefined);
});
