import { expect, test } from "vitest";
import talk from "../../src/actions/talk.ts";
import { next } from "../../src/flow/outcome.ts";
import { createStep } from "../support/step.ts";

const spoken = 'speech_synthesized {"provider":"local","attempts":[{"provider":"local","latencyMs":1}]}';

test("talk answers, speaks with variables put in, and tells who spoke", async () => {
  const step = createStep(talk, { text: "Hi ${name}" }, { variables: { name: "Ada" } });
  expect(await step.run()).toEqual(next);
  expect(step.log).toEqual(["call.answer", "speech gcp en-US Hi Ada", spoken, "call.say speech"]);
  expect(step.variables.get("voipbin.tts.provider")).toBe("local");
});

test("language, provider and voice are passed on; with digits_handle a key ends it", async () => {
  const option = { text: "안녕", language: "ko-KR", provider: "aws", voice_id: "Seoyeon", digits_handle: "next" };
  const step = createStep(talk, option);
  await step.run();
  expect(step.log).toContain("speech aws Seoyeon ko-KR 안녕");
  expect(step.log).toContain("call.say speech until a digit");
});

test("empty texts stand for absent options", async () => {
  const step = createStep(talk, { text: "Hi", language: "", provider: "", voice_id: "", digits_handle: "" });
  await step.run();
  expect(step.log).toEqual(["call.answer", "speech gcp en-US Hi", spoken, "call.say speech"]);
});

test("a key that ends the speech lets the flow go on", async () => {
  const step = createStep(talk, { text: "Hi", digits_handle: "next" }, { playbackEnd: "interrupted" });
  expect(await step.run()).toEqual(next);
});

test("nobody who can speak is a failure", async () => {
  await expect(createStep(talk, { text: "Hi" }, { isMute: true }).run()).rejects.toThrow("nobody speaks");
});

test("speech that can't be played is a failure", async () => {
  await expect(createStep(talk, { text: "Hi" }, { playbackEnd: "failed" }).run()).rejects.toThrow(
    "could not be played",
  );
});

test("speech is heard while it is being made; what breaks off is spoken again, whole", async () => {
  async function* sound(breaks: boolean) {
    yield Buffer.alloc(2);
    if (breaks) throw new Error("broke off");
  }
  const whole = createStep(talk, { text: "Hi" }, { sound: () => sound(false) });
  expect(await whole.run()).toEqual(next);
  expect(whole.log.slice(-2)).toEqual(["call.say speech in the making", "heard"]);
  const broken = createStep(talk, { text: "Hi" }, { sound: () => sound(true) });
  expect(await broken.run()).toEqual(next);
  const again = ["speech gcp en-US Hi", spoken, "call.say speech"];
  expect(broken.log.slice(-5)).toEqual(["call.say speech in the making", "heard", ...again]);
});

test.each([
  [{}],
  [{ text: "" }],
  [{ text: "${missing}" }],
  [{ text: 5 }],
  [{ text: "Hi", language: "english" }],
  [{ text: "Hi", provider: "elevenlabs" }],
  [{ text: "Hi", digits_handle: "stop" }],
  [{ text: "Hi", voice: "Joanna" }],
])("refuses %j", async (option) => {
  await expect(createStep(talk, option).run()).rejects.toThrow("option");
});
