import { readFile } from "node:fs/promises";
import { afterAll, describe, expect, test } from "vitest";
import { WAV_HEAD_BYTES } from "../../src/model/wav.ts";
import { gcp } from "../../src/providers/synthesis/gcp.ts";
import { eventually } from "../support/eventually.ts";
import { nextAddress } from "../support/loopback.ts";
import { soundOf } from "./cloud-sound.ts";
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

describe("Google's voices that are streamed", () => {
  const CHIRP = "en-US-Chirp3-HD-Kore";
  const speak = async (text: string, signal = never, tell: (sound: Uint8Array) => void = () => {}, voice = CHIRP) => {
    await using folder = await temporaryFolder();
    const path = `${folder.path}/speech`;
    await provider.synthesize({ text, language: "en-US", voice }, path, signal, tell);
    return (await readFile(path)).subarray(WAV_HEAD_BYTES);
  };

  test("are heard before they have said all, and kept whole", async () => {
    const sendRest = server.holdRest();
    const told: Uint8Array[] = [];
    const speech = speak("Hello there", never, (sound) => told.push(sound));
    await eventually("the first", () => told.length > 0);
    expect(told.map(({ length }) => length)).toEqual([3_200]);
    sendRest();
    const whole = await speech;
    expect(Buffer.concat(told).equals(whole)).toBe(true);
    expect(whole.equals(soundOf("Hello there"))).toBe(true);
    expect(server.streamed.at(-1)).toEqual({ voice: CHIRP, text: "Hello there" });
  });

  test("take SSML whole", async () => {
    const before = server.streamed.length;
    const requests = await asked({ text: "<speak>Hi <p>you</p></speak>", language: "en-US", voice: CHIRP });
    expect(requests).toMatchObject([{ voice: { name: CHIRP }, input: { ssml: "<speak>Hi <p>you</p></speak>" } }]);
    expect(server.streamed.length).toBe(before);
  });

  test.each([
    ["refusal", "unknown_voice"],
    ["quota", "quota"],
    ["credentials", "credentials"],
    ["silence", "no_audio"],
    ["cut", "unavailable"],
  ] as const)("in %s tell it as %s", async (trouble, fault) => {
    const end = await server.begin(trouble);
    const failure = await speak("Hello there, whoever you are").catch((error) => error);
    await end();
    expect(failure).toMatchObject({ name: "SpeechProviderError", fault });
    await eventually("health again", async () => (await speak("Hello")).length > 0);
  });

  test("are not waited for by who has hung up", async () => {
    const end = await server.begin("slowness");
    const controller = new AbortController();
    const before = server.streamed.length;
    const speech = speak("Hello", controller.signal);
    await eventually("it is asked", () => server.streamed.length > before);
    controller.abort(new Error("hung up"));
    await expect(speech).rejects.toThrow("hung up");
    await end();
  });
});

async function asked(request: Parameters<typeof provider.synthesize>[0]) {
  await using folder = await temporaryFolder();
  const before = server.requests.length;
  await provider.synthesize(request, `${folder.path}/speech`, never);
  return server.requests.slice(before);
}
