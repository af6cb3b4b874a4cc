import { expect, test } from "vitest";
import { type Recording, shownRecordingSchema } from "../../src/model/recording.ts";
import { RecordingError } from "../../src/ports/call-recorder.ts";
import { sampleRecording } from "../contract/storage-samples.ts";
import { aCall } from "./support/call.ts";
import { ANNA, startApi, type TestApi } from "./support/server.ts";

const BYTES = Buffer.from("0123456789");

/** A recording of Anna's that has its file. */
async function finished({ storage, files }: TestApi, changes: Partial<Recording> = {}): Promise<Recording> {
  const recording = sampleRecording({
    customer_id: ANNA,
    status: "ended",
    storage_key: "anna/one",
    size: BYTES.length,
    duration_ms: 1_000,
    ...changes,
  });
  await storage.recordings.create(recording, []);
  files.set("anna/one", BYTES);
  return recording;
}

test("recordings are listed and shown, without what is for us alone", async () => {
  const api = await startApi();
  const recording = await finished(api);
  const shown = shownRecordingSchema.parse(recording);
  expect(shown).not.toHaveProperty("storage_key");
  expect((await api.send("GET", "/v1.0/recordings")).body).toEqual({ result: [shown], next_page_token: null });
  expect((await api.send("GET", `/v1.0/recordings/${recording.id}`)).body).toEqual(shown);
});

test.each([
  ["wav", "audio/wav"],
  ["mp3", "audio/mpeg"],
  ["ogg", "audio/ogg"],
] as const)("the file of a %s is served as %s", async (format, type) => {
  const api = await startApi();
  const { id } = await finished(api, { format, filenames: [`call.${format}`] });
  const { status, body, headers } = await api.send("GET", `/v1.0/recordings/${id}/file`);
  expect([status, body]).toEqual([200, BYTES.toString()]);
  expect(headers).toMatchObject({
    "content-type": type,
    "content-length": "10",
    "content-disposition": `inline; filename="call.${format}"`,
    "accept-ranges": "bytes",
    etag: `"${id}"`,
  });
});

test.each([
  ["bytes=2-4", 206, "234", "bytes 2-4/10"],
  ["bytes=-3", 206, "789", "bytes 7-9/10"],
  ["bytes=0-1,4-5", 200, "0123456789", undefined],
])("of %s, %d and %s is served", async (range, status, body, contentRange) => {
  const api = await startApi();
  const { id } = await finished(api);
  const reply = await api.send("GET", `/v1.0/recordings/${id}/file`, undefined, undefined, { range });
  expect([reply.status, reply.body]).toEqual([status, body]);
  expect(reply.headers["content-range"]).toBe(contentRange);
  expect(reply.headers["content-length"]).toBe(String(body.length));
});

test("bytes that are not there are refused, and it is told how many are", async () => {
  const api = await startApi();
  const { id } = await finished(api);
  const reply = await api.send("GET", `/v1.0/recordings/${id}/file`, undefined, undefined, { range: "bytes=10-" });
  expect(reply).toMatchObject({ status: 416, body: { error: { reason: "RANGE_NOT_SATISFIABLE" } } });
  expect(reply.headers["content-range"]).toBe("bytes */10");
});

test("who has it already is not sent it again; who has another one is sent all", async () => {
  const api = await startApi();
  const { id } = await finished(api);
  const get = (headers: Record<string, string>) =>
    api.send("GET", `/v1.0/recordings/${id}/file`, undefined, undefined, headers);
  expect((await get({ "if-none-match": `"${id}"` })).status).toBe(304);
  expect((await get({ "if-range": `"${id}"`, range: "bytes=0-1" })).status).toBe(206);
  expect((await get({ "if-range": '"another"', range: "bytes=0-1" })).status).toBe(200);
});

test.each([
  ["is running", { status: "recording", storage_key: null }, 409, "RECORDING_NOT_FINISHED"],
  ["is being finished", { status: "stopping", storage_key: null }, 409, "RECORDING_NOT_FINISHED"],
  ["came to nothing", { storage_key: null, size: null, fault: "no disk" }, 404, "RESOURCE_NOT_FOUND"],
  ["has lost its file", { storage_key: "anna/lost" }, 404, "RESOURCE_NOT_FOUND"],
] as const)("a recording that %s has no file", async (_how, changes, status, reason) => {
  const api = await startApi();
  const { id } = await finished(api, changes);
  const reply = await api.send("GET", `/v1.0/recordings/${id}/file`);
  expect(reply).toMatchObject({ status, body: { error: { reason } } });
});

test("a finished recording can be removed, others not", async () => {
  const api = await startApi();
  const [kept, running] = [await finished(api), await finished(api, { status: "recording" })];
  expect((await api.send("DELETE", `/v1.0/recordings/${kept.id}`)).status).toBe(200);
  expect((await api.send("GET", `/v1.0/recordings/${kept.id}`)).status).toBe(404);
  expect(await api.send("DELETE", `/v1.0/recordings/${running.id}`)).toMatchObject({
    status: 409,
    body: { error: { reason: "RECORDING_NOT_FINISHED" } },
  });
});

test("a call is recorded with what is asked for, or with what is usual", async () => {
  const api = await startApi();
  const call = aCall();
  await api.storage.calls.create(call, []);
  const { id: onEndFlowId } = (await api.send("POST", "/v1.0/flows", { actions: [] })).body;
  const ends = { end_of_silence: 3, end_of_key: "#", duration: 60, on_end_flow_id: onEndFlowId };
  const order = { format: "mp3", beep_start: true, channels: 2, ...ends };
  const started = await api.send("POST", `/v1.0/calls/${call.id}/recording_start`, order);
  expect(started).toMatchObject({ status: 200, body: { id: call.id, recording_id: expect.any(String) } });
  expect((await api.send("POST", `/v1.0/calls/${call.id}/recording_start`)).status).toBe(200);
  expect((await api.send("POST", `/v1.0/calls/${call.id}/recording_stop`)).body).toMatchObject({ id: call.id });
  const usual = { format: "wav", duration: 0, channels: 1, endOfSilence: 0, endOfKey: "none", onEndFlowId: null };
  const wanted = { format: "mp3", duration: 60, channels: 2, endOfSilence: 3, endOfKey: "#", onEndFlowId };
  expect(api.engine.log).toEqual([
    `record ${call.id} ${JSON.stringify(wanted)} with a beep`,
    `record ${call.id} ${JSON.stringify(usual)}`,
    `stop recording ${call.id}`,
  ]);
});

test.each([
  [{ format: "flac" }, "format"],
  [{ channels: 3 }, "channels"],
  [{ duration: -1 }, "duration"],
  [{ colour: "red" }, "colour"],
])("to record with %j is refused", async (order, path) => {
  const api = await startApi();
  const call = aCall();
  await api.storage.calls.create(call, []);
  const reply = await api.send("POST", `/v1.0/calls/${call.id}/recording_start`, order);
  expect(reply).toMatchObject({ status: 400, body: { error: { reason: "INVALID_BODY", details: [{ path }] } } });
});

test("a flow that nobody has can't follow", async () => {
  const api = await startApi();
  const call = aCall();
  await api.storage.calls.create(call, []);
  for (const path of [`calls/${call.id}/recording_start`, "transcribes"]) {
    const order = { on_end_flow_id: call.id, ...(path === "transcribes" && { reference_id: call.id }) };
    const reply = await api.send("POST", `/v1.0/${path}`, order);
    expect(reply).toMatchObject({
      ...{ status: 400, body: { error: { reason: "UNKNOWN_FLOW", details: [{ path: "on_end_flow_id" }] } } },
    });
  }
  expect(api.engine.log).toEqual([]);
});

test.each([
  ["running", 409, "RECORDING_RUNNING"],
  ["unanswered", 409, "CALL_NOT_ANSWERED"],
  ["ended", 409, "CALL_ENDED"],
  ["failed", 503, "RECORDING_FAILED"],
] as const)("that it is %s is told as %d %s", async (fault, status, reason) => {
  const refuse = async () => {
    throw new RecordingError(fault, "why");
  };
  const api = await startApi();
  const call = aCall();
  await api.storage.calls.create(call, []);
  Object.assign(api.engine.control.recordings, { startOfCall: refuse });
  const reply = await api.send("POST", `/v1.0/calls/${call.id}/recording_start`);
  expect(reply).toMatchObject({ status, body: { error: { reason } } });
});

test("a recording is paused and resumed", async () => {
  const api = await startApi();
  const { id } = await finished(api, { status: "recording" });
  expect((await api.send("POST", `/v1.0/recordings/${id}/pause`)).body).toMatchObject({ id, paused: true });
  expect((await api.send("POST", `/v1.0/recordings/${id}/resume`)).body).toMatchObject({ id, paused: false });
  expect(api.engine.log).toEqual([`pause ${id}`, `resume ${id}`]);
});
