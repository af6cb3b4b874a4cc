import { afterAll, describe, expect, test } from "vitest";
import { gcp } from "../../src/providers/synthesis/gcp.ts";
import { nextAddress } from "../support/loopback.ts";
import { startGcpServer } from "./gcp-server.ts";
import { never, temporaryFolder } from "./media-parts.ts";
import { speechSuite } from "./speech-suite.ts";

const server = await startGcpServer(nextAddress());
const provider = gcp({ endpoint: server.endpoint });
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

describe("Google is asked", () => {
  test.each([
    ["en-US", "en-US", "en-US-Neural2-F"],
    ["en", "en-US", "en-US-Neural2-F"],
    ["ko", "ko-KR", "ko-KR-Neural2-C"],
    ["pl-PL", "pl-PL", ""],
  ])("for its default voice of %s", async (language, languageCode, name) => {
    expect(await asked({ text: "Hello", language })).toMatchObject([{ voice: { languageCode, name } }]);
  });

  test.each([
    ["male", "", "MALE"],
    ["female", "", "FEMALE"],
    ["neutral", "de-DE-Neural2-F", "SSML_VOICE_GENDER_UNSPECIFIED"],
  ] as const)("for a %s voice, where none is named", async (gender, name, ssmlGender) => {
    const voice = { languageCode: "de-DE", name, ssmlGender };
    expect(await asked({ text: "Hello", language: "de-DE", gender })).toMatchObject([{ voice }]);
    const named = { languageCode: "en-GB", name: "en-GB-Wavenet-A", ssmlGender: "SSML_VOICE_GENDER_UNSPECIFIED" };
    expect(await asked({ text: "Hello", language: "en-US", gender, voice: named.name })).toMatchObject([
      { voice: named },
    ]);
  });

  test("for a voice in the voice's own language", async () => {
    expect(await asked({ text: "Hello", language: "en-US", voice: "en-GB-Wavenet-A" })).toMatchObject([
      { voice: { languageCode: "en-GB", name: "en-GB-Wavenet-A" } },
    ]);
  });

  test("for SSML without what could do harm", async () => {
    const text =
      '<speak>Hi <audio src="http://127.0.0.1/x.mp3">there</audio><break time="99s"/> <p onload="x">you &amp; me</p></speak>';
    expect(await asked({ text, language: "en-US" })).toMatchObject([
      { input: { ssml: '<speak>Hi there<break time="10000ms"/> <p>you &amp; me</p></speak>' } },
    ]);
  });

  test("once more in plain words when it refuses SSML", async () => {
    server.refuseSsml(true);
    const requests = await asked({ text: "<speak>Hi <p>you</p></speak>", language: "en-US" });
    server.refuseSsml(false);
    expect(requests.map(({ input }) => input)).toEqual([{ ssml: "<speak>Hi <p>you</p></speak>" }, { text: "Hi you." }]);
  });
});

async function asked(request: Parameters<typeof provider.synthesize>[0]) {
  await using folder = await temporaryFolder();
  const before = server.requests.length;
  await provider.synthesize(request, `${folder.path}/speech`, never);
  return server.requests.slice(before);
}
