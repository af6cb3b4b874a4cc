/** Recordings over the API, kept in a bucket: while a call is up, and when their file is there. */
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { CreateBucketCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { startS3Server } from "../contract/s3-server.ts";
import { listenToEvents } from "../support/event-client.ts";
import { eventually } from "../support/eventually.ts";
import { startLab } from "../support/lab.ts";
import { hear, samplesOf, silence, tone, wav } from "../support/tones.ts";
import { aftermathOf, prompt, stored } from "./actions/support.ts";
import { inOrder, listenTo, recordingOf, recordingsOf, tonesOn, tracksOf, words } from "./support/recorded.ts";

const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "not-a-secret" };
const s3 = await startS3Server();
afterAll(() => s3.close());
const administrator = new S3Client({ credentials, endpoint: s3.endpoint, region: "us-east-1", forcePathStyle: true });
await administrator.send(new CreateBucketCommand({ Bucket: "calls" }));
const lab = await startLab({
  environment: {
    ...{ AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey },
    ...{ RINGDOWN_RECORDINGS_URL: "s3://calls/kept", RINGDOWN_RECORDINGS_S3_ENDPOINT: s3.endpoint },
    RINGDOWN_RECORDINGS_S3_PATH_STYLE: "true",
  },
});
const [FIRST, SECRET, LAST] = [440, 620, 850];
const WAITING = [{ type: "answer" }, { type: "sleep", option: { duration: 60_000 } }];
/** What makes samples a file. */
const HEADER = wav([]);
const callSchema = z.looseObject({ id: z.string(), recording_id: z.string().nullable() });

async function waiting() {
  const call = await lab.call(WAITING);
  await call.answered();
  await stored(lab, call.number, "call_answered");
  const { id } = await lab.recordOf(call.number);
  const ask = async (what: string, body?: unknown) =>
    callSchema.parse((await lab.api.request("POST", `/calls/${id}/${what}`, body)).body);
  return { call, id, ask };
}

test("what is said in a pause is not on it; a stopped one has its file while the call goes on", async () => {
  const { call, ask } = await waiting();
  const { recording_id } = await ask("recording_start", { format: "wav" });
  expect(await lab.api.request("POST", `/recordings/${recording_id}/resume`)).toMatchObject({ status: 200 });
  await call.say(words(FIRST));
  const paused = await lab.api.request("POST", `/recordings/${recording_id}/pause`);
  expect(paused).toMatchObject({ status: 200, body: { paused: true } });
  await call.say(silence(500));
  await call.say(words(SECRET));
  await call.say(silence(200));
  expect(await lab.api.request("POST", `/recordings/${recording_id}/resume`)).toMatchObject({ status: 200 });
  await call.say(silence(200));
  await call.say(words(LAST));
  expect(await ask("recording_stop")).toMatchObject({ recording_id: null });
  const recording = await recordingOf(lab, call.number);
  expect((await listenTo(lab, recording)).channels).toEqual([[FIRST, LAST]]);
  expect(await lab.api.request("POST", `/recordings/${recording_id}/pause`)).toMatchObject({ status: 409 });
  await call.hangup();
});

test.each([1, 2])(
  "a pause is no silence that ends it, and costs no word before it; after it the rule holds again, with %i channels",
  async (channels) => {
    const { call, ask } = await waiting();
    const { recording_id } = await ask("recording_start", { channels, end_of_silence: 1 });
    await call.say(tone(FIRST, 1_500));
    await call.say(silence(200));
    expect(await lab.api.request("POST", `/recordings/${recording_id}/pause`)).toMatchObject({ status: 200 });
    await call.say(silence(3_000));
    expect(await lab.api.request("POST", `/recordings/${recording_id}/resume`)).toMatchObject({ status: 200 });
    await call.say(silence(200));
    await call.say(tone(LAST, 1_500));
    const recording = await recordingOf(lab, call.number);
    expect(recording).toMatchObject({ end_reason: "silence" });
    const tones = channels === 1 ? await tonesOn(lab, recording) : (await tracksOf(lab, recording))[0];
    expect(inOrder(tones)).toEqual([FIRST, LAST]);
    for (const word of [FIRST, LAST]) {
      const pieces = tones.filter(({ frequency }) => frequency === word);
      expect(pieces.reduce((total, { durationMs }) => total + durationMs, 0)).toBeGreaterThan(1_400);
    }
    await call.hangup();
  },
);

/** What is in the bucket of one recording: its size. */
const keptOf = async (recordingId: string): Promise<readonly (number | undefined)[]> => {
  const { Contents = [] } = await administrator.send(new ListObjectsV2Command({ Bucket: "calls", Prefix: "kept/" }));
  return Contents.filter(({ Key }) => Key?.includes(recordingId)).map(({ Size }) => Size);
};

test("its bytes are in the bucket alone, and are played from there, whole and in part", async () => {
  const { call, ask } = await waiting();
  const { recording_id } = await ask("recording_start");
  await call.say(words(FIRST));
  await call.say(words(LAST));
  expect(await keptOf(String(recording_id))).toEqual([]);
  await call.hangup();
  const recording = await recordingOf(lab, call.number);
  expect(await keptOf(recording.id)).toEqual([recording.size]);
  await eventually(
    "Asterisk without its copy",
    () => readdirSync(join(lab.asterisk.directory, "spool/recording")).length === 0,
  );
  const tones = await tonesOn(lab, recording);
  expect(tones.map(({ frequency }) => frequency)).toEqual([FIRST, LAST]);
  // As a player does that goes to the pause before the second word.
  const fromMs = (tones[1]?.startMs ?? 0) - 100;
  const part = await fetch(`${lab.api.base}/v1.0/recordings/${recording.id}/file`, {
    headers: { authorization: `Bearer ${lab.api.key}`, range: `bytes=${44 + 16 * fromMs}-` },
  });
  expect(part.status).toBe(206);
  const played = hear(samplesOf(Buffer.concat([HEADER, Buffer.from(await part.arrayBuffer())])));
  expect(played.map(({ frequency }) => frequency)).toEqual([LAST]);
  await eventually("nothing on our disk", () => !existsSync(join(lab.ringdown.dataDirectory, "recordings")));
});

test("one at a time; the file is served in part, and goes with its recording", async () => {
  const { call, id, ask } = await waiting();
  const { recording_id } = await ask("recording_start", { beep_start: true });
  expect(await lab.api.request("POST", `/calls/${id}/recording_start`)).toMatchObject({ status: 409 });
  expect(await lab.api.request("GET", `/recordings/${recording_id}/file`)).toMatchObject({ status: 409 });
  expect(await lab.api.request("DELETE", `/recordings/${recording_id}`)).toMatchObject({ status: 409 });
  await eventually("the beep", () => call.blocks().some(({ heard }) => heard === "other"));
  await call.hangup();
  const { size } = await recordingOf(lab, call.number);
  const part = await fetch(`${lab.api.base}/v1.0/recordings/${recording_id}/file`, {
    headers: { authorization: `Bearer ${lab.api.key}`, range: "bytes=8-11" },
  });
  expect([part.status, part.headers.get("content-range"), await part.text()]).toEqual([
    206,
    `bytes 8-11/${size}`,
    "WAVE",
  ]);
  expect(await lab.api.request("DELETE", `/recordings/${recording_id}`)).toMatchObject({ status: 200 });
  expect(await lab.api.request("GET", `/recordings/${recording_id}/file`)).toMatchObject({ status: 404 });
  expect(await keptOf(String(recording_id))).toEqual([]);
});

test("finished is said of one whose bytes are kept; one that Asterisk has lost has failed, on the timeline and as an event", async () => {
  using client = await listenToEvents(lab.api.base, lab.api.key);
  await client.subscribe("recording_*");
  const kept = await waiting();
  await kept.ask("recording_start");
  await kept.call.say(words(FIRST));
  await kept.ask("recording_stop");
  const { data } = await client.event("recording_finished", { reference_id: kept.id });
  expect(await keptOf(String(data.id))).toEqual([data.size]);
  const lost = await waiting();
  await lost.ask("recording_start");
  const spool = join(lab.asterisk.directory, "spool/recording");
  const isOfLost = await recordingOf(lab, lost.call.number, { status: "recording" });
  const files = await eventually("its file in Asterisk", () => {
    const found = readdirSync(spool).filter((file) => file.includes(isOfLost.id));
    return found.length > 0 ? found : undefined;
  });
  for (const file of files) rmSync(join(spool, file));
  await lost.ask("recording_stop");
  const fault = "Asterisk has nothing that was recorded";
  await client.event("recording_failed", { id: isOfLost.id, status: "ended", fault });
  const told = client.events.filter(({ data }) => data.id === isOfLost.id).map(({ type }) => type);
  expect(told).not.toContain("recording_finished");
  await Promise.all([kept.call.hangup(), lost.call.hangup()]);
  const { facts } = await aftermathOf(lab, lost.call.number);
  expect([facts("recording_finished"), facts("recording_failed")]).toMatchObject([[], [{ why: fault }]]);
});

test("a call that has not been answered, or is over, is not recorded", async () => {
  const number = await lab.route([{ type: "sleep", option: { duration: 60_000 } }, prompt(lab, FIRST)]);
  const call = await lab.dial(number);
  const { id } = await lab.recordOf(number);
  const start = () => lab.api.request("POST", `/calls/${id}/recording_start`);
  expect(await start()).toMatchObject({ status: 409, body: { error: { reason: "CALL_NOT_ANSWERED" } } });
  await call.hangup();
  await eventually("the end of the call", async () => (await lab.recordOf(number)).status === "hangup");
  expect(await start()).toMatchObject({ status: 409, body: { error: { reason: "CALL_ENDED" } } });
  expect(await recordingsOf(lab, id)).toEqual([]);
});
