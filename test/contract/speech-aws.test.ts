import { afterAll, describe, expect, test, vi } from "vitest";
import { aws } from "../../src/providers/synthesis/aws.ts";
import { nextAddress } from "../support/loopback.ts";
import { never, temporaryFolder } from "./media-parts.ts";
import { startPollyServer } from "./polly-server.ts";
import { speechSuite } from "./speech-suite.ts";

const ACCESS_KEY_ID = "AKIDEXAMPLE";
vi.stubEnv("AWS_ACCESS_KEY_ID", ACCESS_KEY_ID);
vi.stubEnv("AWS_SECRET_ACCESS_KEY", "not-a-secret");
vi.stubEnv("AWS_REGION", "eu-central-1");

const server = await startPollyServer(nextAddress(), ACCESS_KEY_ID);
const provider = aws({ endpoint: server.endpoint });
afterAll(() => server.close());

speechSuite({
  provider,
  speaksWords: false,
  faults: {
    refusal: "refused",
    quota: "quota",
    slowness: "timeout",
    silence: "no_audio",
    cut: "unavailable",
    credentials: "credentials",
    death: "unavailable",
  },
  begin: server.begin,
});

describe("Amazon is asked", () => {
  test.each([
    ["en-US", "Joanna", "standard"],
    ["en", "Joanna", "standard"],
    ["pl-PL", "Ewa", "standard"],
  ])("for its default voice of %s", async (language, VoiceId, Engine) => {
    expect(await asked({ text: "Hello", language })).toMatchObject([{ VoiceId, Engine }]);
  });

  test.each([
    ["male", "en-US", "Matthew"],
    ["female", "en-US", "Joanna"],
    ["male", "de", "Hans"],
    ["neutral", "de-DE", "Marlene"],
    // There is none.
    ["male", "pl-PL", "Ewa"],
  ] as const)("for a %s voice of %s, if there is one", async (gender, language, VoiceId) => {
    expect(await asked({ text: "Hello", language, gender })).toMatchObject([{ VoiceId }]);
  });

  test("for the voice that is named, whatever its kind", async () => {
    expect(await asked({ text: "Hello", language: "en-US", voice: "Joanna", gender: "male" })).toMatchObject([
      { VoiceId: "Joanna" },
    ]);
  });

  test("for the engine that a voice has, which is found once", async () => {
    const fresh = aws({ endpoint: server.endpoint });
    const request = { text: "Hello", language: "nl-NL", voice: "Laura" };
    expect((await asked(request, fresh)).map(({ Engine }) => Engine)).toEqual(["standard", "neural"]);
    expect((await asked(request, fresh)).map(({ Engine }) => Engine)).toEqual(["neural"]);
  });

  test("once more in plain words when it refuses SSML", async () => {
    server.refuseSsml(true);
    const requests = await asked({ text: "<speak>Hi <p>you</p></speak>", language: "en-US" });
    server.refuseSsml(false);
    expect(requests).toMatchObject([
      { TextType: "ssml", Text: "<speak>Hi <p>you</p></speak>" },
      { TextType: "text", Text: "Hi you." },
    ]);
  });
});

test("audio that breaks off is never taken for the whole, wherever it does", async () => {
  const whole = 40 * 60 * 32;
  for (let bytes = 500; bytes < whole; bytes += 3_000) {
    const end = server.cutAfter(bytes);
    const failure = asked({ text: "x".repeat(40), language: "en-US" });
    await expect(failure).rejects.toMatchObject({ fault: "unavailable" });
    end();
  }
});

test.each([
  ["a wrong key", { AWS_ACCESS_KEY_ID: "AKIDOTHER" }],
  ["no region", { AWS_REGION: "" }],
])("%s is a matter of credentials", async (_name, environment) => {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  const failure = asked({ text: "Hello", language: "en-US" }, aws({ endpoint: server.endpoint }));
  await expect(failure).rejects.toMatchObject({ fault: "credentials" });
  vi.stubEnv("AWS_ACCESS_KEY_ID", ACCESS_KEY_ID);
  vi.stubEnv("AWS_REGION", "eu-central-1");
});

async function asked(request: Parameters<typeof provider.synthesize>[0], speaker = provider) {
  await using folder = await temporaryFolder();
  const before = server.requests.length;
  await speaker.synthesize(request, `${folder.path}/speech`, never);
  return server.requests.slice(before);
}
