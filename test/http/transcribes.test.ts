import { expect, test } from "vitest";
import { CallStateError } from "../../src/ports/engine-control.ts";
import { RecognitionError } from "../../src/ports/speech-recognition.ts";
import { TranscribeRunningError } from "../../src/ports/transcribing.ts";
import { sampleRecording } from "../contract/storage-samples.ts";
import { aCall } from "./support/call.ts";
import { ANNA, BERTS_KEY, startApi } from "./support/server.ts";
import { aTranscribe, aTranscript } from "./support/transcribe.ts";

test("a call is transcribed from outside, as asked, until that is stopped", async () => {
  const { send, storage, engine } = await startApi();
  const call = aCall();
  await storage.calls.create(call, []);
  const order = {
    reference_type: "call",
    reference_id: call.id,
    language: "de-DE",
    direction: "in",
    hints: ["Ringdown"],
  };
  const { status, body } = await send("POST", "/v1.0/transcribes", { ...order, provider: "aws" });
  expect([status, body]).toEqual([201, expect.objectContaining({ ...order, provider: "aws", status: "progressing" })]);
  const stopped = await send("POST", `/v1.0/transcribes/${body.id}/stop`);
  expect(stopped.body).toMatchObject({ id: body.id, status: "done", end_reason: "stopped" });
  expect(engine.log).toEqual([`transcribe ${call.id}`, `stop ${body.id}`]);
});

test.each([
  [new CallStateError("unanswered"), 409, "CALL_NOT_ANSWERED"],
  [new TranscribeRunningError({ id: "x", language: "en-US" }), 409, "TRANSCRIBE_RUNNING"],
  [new RecognitionError([], "no transcription provider is configured"), 503, "TRANSCRIPTION_UNAVAILABLE"],
])("%s is told", async (error, status, reason) => {
  const { send, storage } = await startApi({ engine: { startTranscribe: () => Promise.reject(error) } });
  const call = aCall();
  await storage.calls.create(call, []);
  const reply = await send("POST", "/v1.0/transcribes", { reference_id: call.id });
  expect([reply.status, reply.body.error.reason]).toEqual([status, reason]);
});

test.each([
  {},
  { reference_id: "x" },
  { reference_id: aCall().id, direction: "left" },
  { reference_id: aCall().id, hints: [""] },
])("%j is refused", async (body) => {
  const { send } = await startApi();
  expect((await send("POST", "/v1.0/transcribes", body)).status).toBe(400);
});

test.each([
  ["has its file", { status: "ended", storage_key: "key" }, 201],
  ["is being made", { status: "recording" }, 201],
  ["came to nothing", { status: "ended", fault: "the disk was full" }, 404],
] as const)("a recording that %s", async (_how, changes, status) => {
  const { send, storage, engine } = await startApi();
  const recording = sampleRecording({ customer_id: ANNA, reference_type: "confbridge", ...changes });
  await storage.recordings.create(recording, []);
  const order = { reference_type: "recording", reference_id: recording.id, language: "de-DE", direction: "in" };
  const { id: on_end_flow_id } = (await send("POST", "/v1.0/flows", { actions: [] })).body;
  const reply = await send("POST", "/v1.0/transcribes", { ...order, on_end_flow_id });
  const error = { error: { reason: "RESOURCE_NOT_FOUND", message: "the recording has no file: the disk was full" } };
  const expected = status === 201 ? { ...order, on_end_flow_id, status: "progressing" } : error;
  expect(reply).toMatchObject({ status, body: expected });
  expect(engine.log).toEqual(status === 201 ? [`transcribe ${recording.id}`] : []);
});

test("what is not there, or somebody else's, can't be transcribed", async () => {
  const { send, storage } = await startApi();
  const recording = sampleRecording({ customer_id: ANNA, status: "ended", storage_key: "key" });
  await storage.recordings.create(recording, []);
  const order = { reference_type: "recording", reference_id: recording.id };
  const statusOf = async (body: object, key?: string) => (await send("POST", "/v1.0/transcribes", body, key)).status;
  expect(await statusOf(order, BERTS_KEY)).toBe(404);
  expect(await statusOf({ ...order, reference_id: aCall().id })).toBe(404);
  expect(await statusOf({ reference_id: recording.id })).toBe(404);
  expect(await statusOf({ ...order, reference_type: "confbridge" })).toBe(404);
  expect(await statusOf({ ...order, reference_type: "queue" })).toBe(400);
});

test("that of a recording is stopped by who does it, and then it can be removed", async () => {
  const { send, storage, engine } = await startApi();
  const { id } = aTranscribe();
  await storage.transcribes.create(aTranscribe({ id, reference_type: "recording" }), []);
  expect((await send("DELETE", `/v1.0/transcribes/${id}`)).body.error.reason).toBe("TRANSCRIBE_LIVE");
  expect((await send("POST", `/v1.0/transcribes/${id}/stop`)).body).toMatchObject({ id, end_reason: "stopped" });
  expect((await send("DELETE", `/v1.0/transcribes/${id}`)).status).toBe(200);
  expect(engine.log).toEqual([]);
});

test("lists are filtered, and one that goes on is not removed", async () => {
  const { send, storage } = await startApi();
  const [live, over] = [aTranscribe(), aTranscribe({ status: "done", end_reason: "hangup" })];
  const transcript = aTranscript({ transcribe_id: over.id });
  for (const transcribe of [live, over]) await storage.transcribes.create(transcribe, []);
  await storage.transcripts.create(transcript, []);
  const idsOf = async (path: string) =>
    (await send("GET", `/v1.0/${path}`)).body.result.map(({ id }: { id: string }) => id);
  expect(await idsOf(`transcribes?reference_id=${live.reference_id}`)).toEqual([live.id]);
  expect(await idsOf("transcribes?status=done")).toEqual([over.id]);
  expect(await idsOf(`transcripts?transcribe_id=${over.id}`)).toEqual([transcript.id]);
  expect(await idsOf(`transcripts?transcribe_id=${live.id}`)).toEqual([]);
  expect((await send("DELETE", `/v1.0/transcribes/${live.id}`)).body.error.reason).toBe("TRANSCRIBE_LIVE");
  expect((await send("DELETE", `/v1.0/transcripts/${transcript.id}`)).body).toMatchObject({ id: transcript.id });
  expect((await send("DELETE", `/v1.0/transcribes/${over.id}`)).status).toBe(200);
});
