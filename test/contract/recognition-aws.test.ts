import { afterAll, describe, expect, test, vi } from "vitest";
import { aws } from "../../src/providers/recognition/aws.ts";
import { createOutput } from "../../src/providers/recognition/output.ts";
import { nextAddress } from "../support/loopback.ts";
import { tone } from "../support/tones.ts";
import { startAwsRecognitionServer } from "./aws-recognition-server.ts";
import { never } from "./media-parts.ts";
import { recognitionSuite } from "./recognition-suite.ts";

const ACCESS_KEY_ID = "AKIDEXAMPLE";
vi.stubEnv("AWS_ACCESS_KEY_ID", ACCESS_KEY_ID);
vi.stubEnv("AWS_SECRET_ACCESS_KEY", "not-a-secret");
vi.stubEnv("AWS_REGION", "eu-central-1");

const server = await startAwsRecognitionServer(nextAddress(), ACCESS_KEY_ID);
const provider = aws({ endpoint: server.endpoint });
afterAll(() => server.close());

recognitionSuite({
  provider,
  faults: {
    refusal: "refused",
    quota: "quota",
    credentials: "credentials",
    death: "unavailable",
    cut: "unavailable",
  },
  begin: server.begin,
});

async function ask(language: string, asked = provider): Promise<void> {
  const audio = createOutput<Uint8Array>();
  audio.add(new Uint8Array(tone(440, 400, 16_000).buffer));
  audio.end();
  const order = { audio, sampleRateHz: 16_000, language, hints: [] } as const;
  for await (const _ of asked.recognize(order, never));
}

describe("Amazon is asked", () => {
  test.each([
    ["en-GB", "en-GB"],
    ["en", "en-US"],
    ["zh", "zh-CN"],
  ])("for %s as %s", async (language, expected) => {
    await ask(language);
    expect(server.asked.at(-1)).toEqual({ language: expected, sampleRateHz: 16_000 });
  });

  test("for no language that it does not know", () => expect(ask("xx-XX")).rejects.toMatchObject({ fault: "refused" }));
});

test.each([
  ["LimitExceededException", "quota"],
  ["BadRequestException", "refused"],
  ["InternalFailureException", "unavailable"],
  ["ServiceUnavailableException", "unavailable"],
])("%s in the midst of a stream is told as %s", async (type, fault) => {
  server.failStreams({ afterMs: 200, type });
  const failure = ask("en-US");
  await expect(failure).rejects.toMatchObject({ fault });
  server.failStreams(undefined);
});

test.each([
  ["a wrong key", { AWS_ACCESS_KEY_ID: "AKIDOTHER" }],
  ["no region", { AWS_REGION: "" }],
])("%s is a matter of credentials", async (_name, environment) => {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  await expect(ask("en-US", aws({ endpoint: server.endpoint }))).rejects.toMatchObject({ fault: "credentials" });
  vi.stubEnv("AWS_ACCESS_KEY_ID", ACCESS_KEY_ID);
  vi.stubEnv("AWS_REGION", "eu-central-1");
});
