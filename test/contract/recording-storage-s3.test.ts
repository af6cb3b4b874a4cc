import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { pino } from "pino";
import { afterAll, expect, onTestFinished, test, vi } from "vitest";
import { systemClock } from "../../src/providers/system/clock.ts";
import { openStorage } from "../../src/storage/open-storage.ts";
import { openRecordings } from "../../src/storage/recordings/open-recordings.ts";
import { recordingKeeper } from "../../src/workers/recording-keeper.ts";
import { fakeRecorder } from "../engine/fake-recorder.ts";
import { eventually } from "../support/eventually.ts";
import { fileOf, recordingStorageSuite } from "./recording-storage-suite.ts";
import { startS3Server } from "./s3-server.ts";
import { sampleRecording } from "./storage-samples.ts";

vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
vi.stubEnv("AWS_SECRET_ACCESS_KEY", "not-a-secret");
vi.stubEnv("AWS_REGION", "");

const log = pino({ level: "silent" });
const never = new AbortController().signal;
const server = await startS3Server();
afterAll(() => server.close());
const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "not-a-secret" };
const administrator = new S3Client({
  credentials,
  endpoint: server.endpoint,
  region: "us-east-1",
  forcePathStyle: true,
});
await administrator.send(new CreateBucketCommand({ Bucket: "calls" }));
const inBucket = (url: string) =>
  openRecordings({ url, folder: "/nonexistent", s3Endpoint: server.endpoint, s3PathStyle: true });

recordingStorageSuite("a bucket", () => inBucket("s3://calls/kept/here"));
recordingStorageSuite("a bucket, without a prefix", () => inBucket("s3://calls"));

test("keys stand below the prefix", async () => {
  await inBucket("s3://calls/below/").put("customer/key.wav", await fileOf(Buffer.from("x")), never);
  const { Contents } = await administrator.send(new ListObjectsV2Command({ Bucket: "calls", Prefix: "below" }));
  expect(Contents?.map(({ Key }) => Key)).toEqual(["below/customer/key.wav"]);
});

test("a bucket that is not there is refused, a server that is not there is unavailable", async () => {
  const path = await fileOf(Buffer.from("x"));
  await expect(inBucket("s3://none").put("a.wav", path, never)).rejects.toMatchObject({ fault: "refused" });
  const away = openRecordings({
    url: "s3://calls",
    folder: "",
    s3Endpoint: "http://127.0.0.1:9",
    s3PathStyle: true,
  });
  await expect(away.put("a.wav", path, never)).rejects.toMatchObject({ fault: "unavailable" });
});

const WRONG = { why: "recordings in S3: InvalidAccessKeyId", remedy: expect.stringContaining("AWS_SECRET_ACCESS_KEY") };

test("wrong credentials are told with their remedy, lose nothing, and once they are right it is stored, once", async () => {
  const recording = sampleRecording({ status: "stopping", work: "fetch", end_reason: "stopped" });
  const storage = await openStorage("sqlite::memory:", { log, clock: systemClock });
  await storage.recordings.create(recording, []);
  const sound = await fileOf(Buffer.from("sound"));
  const removed: string[] = [];
  const keeper = async () =>
    recordingKeeper({
      recordings: storage.recordings,
      recorder: {
        ...fakeRecorder(),
        fetch: async () => [{ track: "mixed", path: sound }],
        remove: async ({ id }) => void removed.push(id),
      },
      files: inBucket("s3://calls/credentials"),
      encoder: { encode: async () => ({ path: sound, durationMs: 1_000, size: 5 }) },
      folder: await mkdtemp(join(tmpdir(), "ringdown-keeper-")),
      retentionMs: undefined,
      follow: async () => {},
      clock: systemClock,
      log,
    });
  const shown = () => storage.recordings.get(recording.id);
  const account = await server.account();
  await server.checkKeys(true);
  onTestFinished(() => server.checkKeys(false));

  const wrong = await keeper();
  await wrong.start();
  await eventually("the reason", async () => (await shown())?.fault ?? undefined);
  await wrong.stop();
  expect(await shown()).toMatchObject({
    status: "stopping",
    fault: expect.stringMatching(/InvalidAccessKeyId; .*AWS_ACCESS_KEY_ID/),
  });
  expect(await storage.timeline.ofCall(recording.reference_id)).toMatchObject([{ type: "note", data: WRONG }]);
  expect(removed).toEqual([]);

  vi.stubEnv("AWS_ACCESS_KEY_ID", account.accessKeyId);
  await expect(inBucket("s3://calls").put("a.wav", sound, never)).rejects.toMatchObject({
    ...{ fault: "refused", message: "recordings in S3: SignatureDoesNotMatch" },
  });

  vi.stubEnv("AWS_SECRET_ACCESS_KEY", account.secretAccessKey);
  const right = await keeper();
  await right.start();
  await eventually("its end", async () => (await shown())?.work === null);
  await right.stop();
  expect(await shown()).toMatchObject({ status: "ended", fault: null, size: 5 });
  expect(removed).toEqual([recording.id]);
  await server.checkKeys(false);
  const { Contents } = await administrator.send(new ListObjectsV2Command({ Bucket: "calls", Prefix: "credentials/" }));
  expect(Contents).toMatchObject([{ Key: `credentials/${(await shown())?.storage_key}`, Size: 5 }]);
  await storage.close();
});
