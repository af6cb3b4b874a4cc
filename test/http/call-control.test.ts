import { expect, test } from "vitest";
import { CallStateError } from "../../src/ports/engine-control.ts";
import { SpeechError } from "../../src/ports/speech.ts";
import { TelephonyError } from "../../src/ports/telephony.ts";
import { aCall, shownCall } from "./support/call.ts";
import { BERTS_KEY, startApi } from "./support/server.ts";

async function withCall(choice: Parameters<typeof startApi>[0] = {}) {
  const api = await startApi(choice);
  const call = aCall();
  await api.storage.calls.create(call, []);
  const asked = () => api.engine.log.map((line) => JSON.parse(line.slice(line.indexOf("{"))));
  return { ...api, call, path: `/v1.0/calls/${call.id}`, asked };
}

test.each([
  ["POST", "hold", undefined, { type: "hold" }],
  ["DELETE", "hold", undefined, { type: "unhold" }],
  ["POST", "moh", undefined, { type: "start_music" }],
  ["DELETE", "moh", undefined, { type: "stop_music" }],
  ["POST", "silence", undefined, { type: "start_silence" }],
  ["DELETE", "silence", undefined, { type: "stop_silence" }],
  ["POST", "mute", undefined, { type: "mute", direction: "both" }],
  ["POST", "mute", {}, { type: "mute", direction: "both" }],
  ["POST", "mute", { direction: "in" }, { type: "mute", direction: "in" }],
  ["DELETE", "mute", undefined, { type: "unmute", direction: "both" }],
  ["DELETE", "mute", { direction: "out" }, { type: "unmute", direction: "out" }],
  ["POST", "talk", { text: "Hi" }, { type: "talk", speech: { text: "Hi", language: "en-US", provider: "gcp" } }],
  [
    "POST",
    "talk",
    { text: "Hallo", language: "de-DE", provider: "aws", voice_id: "Vicki" },
    { type: "talk", speech: { text: "Hallo", language: "de-DE", provider: "aws", voice: "Vicki" } },
  ],
])("%s %s %j", async (method, name, body, operation) => {
  const { send, path, call, asked } = await withCall();
  expect(await send(method, `${path}/${name}`, body)).toMatchObject({ status: 200, body: shownCall(call) });
  expect(asked()).toEqual([operation]);
});

test.each([
  ["mute", { direction: "up" }, "direction"],
  ["mute", { way: "in" }, ""],
  ["moh", { class: "jazz" }, ""],
  ["talk", {}, "text"],
  ["talk", { text: "" }, "text"],
  ["talk", { text: "Hi", language: "English" }, "language"],
  ["talk", { text: "Hi", provider: "nobody" }, "provider"],
])("%s %j is refused, and says where it is wrong", async (name, body, where) => {
  const { send, path, asked } = await withCall();
  const { status, body: answer } = await send("POST", `${path}/${name}`, body);
  expect(status).toBe(400);
  expect(answer.error).toMatchObject({ reason: "INVALID_BODY", details: [expect.objectContaining({})] });
  expect(answer.error.details[0].path).toContain(where);
  expect(asked()).toEqual([]);
});

test.each([
  [new CallStateError("unanswered"), 409, "FAILED_PRECONDITION", "CALL_NOT_ANSWERED", /ask again when/],
  [new CallStateError("ended"), 409, "FAILED_PRECONDITION", "CALL_ENDED", /a new call/],
  [new TelephonyError("unavailable", "mute", "away"), 503, "UNAVAILABLE", "TELEPHONY_UNAVAILABLE", /later/],
])("%s is answered with %i %s %s", async (error, status, name, reason, remedy) => {
  const { send, path } = await withCall({ engine: { operateCall: () => Promise.reject(error) } });
  const answer = await send("POST", `${path}/mute`);
  expect(answer).toMatchObject({ status, body: { error: { status: name, reason } } });
  expect(answer.body.error.message).toMatch(remedy);
});

test("when no voice speaks, the answer says what each said", async () => {
  const attempts = [
    { provider: "gcp", latencyMs: 1, fault: "quota", error: "no more today" },
    { provider: "local", latencyMs: 1, fault: "no_audio" },
  ] as const;
  const operateCall = () => Promise.reject(new SpeechError(attempts, "nobody spoke"));
  const { send, path } = await withCall({ engine: { operateCall } });
  const { status, body } = await send("POST", `${path}/talk`, { text: "Hi" });
  expect(status).toBe(503);
  expect(body.error).toMatchObject({
    reason: "SPEECH_UNAVAILABLE",
    details: [
      { received: "gcp", message: "no more today" },
      { received: "local", message: "no_audio" },
    ],
  });
});

test("a call of somebody else is no call", async () => {
  const { send, path, asked } = await withCall();
  for (const [method, name, body] of [
    ["POST", "hold", undefined],
    ["DELETE", "mute", undefined],
    ["POST", "talk", { text: "Hi" }],
  ] as const) {
    expect(await send(method, `${path}/${name}`, body, BERTS_KEY)).toMatchObject({
      status: 404,
      body: { error: { reason: "RESOURCE_NOT_FOUND" } },
    });
  }
  expect(asked()).toEqual([]);
});
