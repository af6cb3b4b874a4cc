import { CreateBucketCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { afterAll, expect, test, vi } from "vitest";
import { openRecordings } from "../../src/storage/recordings/open-recordings.ts";
import { fileOf, recordingStorageSuite } from "./recording-storage-suite.ts";
import { startS3Server } from "./s3-server.ts";

vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
vi.stubEnv("AWS_SECRET_ACCESS_KEY", "not-a-secret");
vi.stubEnv("AWS_REGION", "");

const never = new AbortController().signal;
const server = await startS3Server();
afterAll(() => server.close());
const administrator = new S3Client({ endpoint: server.endpoint, region: "us-east-1", forcePathStyle: true });
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
