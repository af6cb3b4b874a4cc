/** Recordings played out of their storage: what keeps one from being heard is told in time, with what to do. */
import { expect, test, vi } from "vitest";
import type { Recording } from "../../src/model/recording.ts";
import { recordedAudio } from "../../src/providers/audio/recorded-audio.ts";
import { s3Recordings } from "../../src/storage/recordings/s3-recordings.ts";
import { memoryFiles } from "../support/memory-files.ts";
import { toneWav } from "../support/tones.ts";
import { never, storeIn, temporaryFolder } from "./media-parts.ts";
import { startStallingServer } from "./stalling-server.ts";
import { sampleRecording } from "./storage-samples.ts";

vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
vi.stubEnv("AWS_SECRET_ACCESS_KEY", "not-a-secret");

const DEADLINE_MS = 400;
const kept = sampleRecording({ status: "ended", storage_key: "a.wav" });

/** What comes of playing a recording, and how long that took. */
async function played(recording: Recording | undefined, files = memoryFiles().storage, signal = never) {
  await using folder = await temporaryFolder();
  const recorded = recordedAudio({
    apiUrl: "http://ringdown",
    store: await storeIn(folder.path),
    recordings: { get: async () => recording },
    files,
    ended: (_id, waiter) => new Promise((_, reject) => waiter.addEventListener("abort", () => reject(waiter.reason))),
    deadlineMs: DEADLINE_MS,
  });
  const began = performance.now();
  const found = recorded.find(`${recorded.urlOf(kept.id)}?accesskey=secret`, kept.customer_id, signal);
  const outcome = await found?.catch((error: unknown) => error);
  return { outcome, tookMs: performance.now() - began };
}

const bucketAt = (endpoint: string) => s3Recordings({ bucket: "calls", prefix: "", endpoint, pathStyle: true });
const inTime = "RINGDOWN_PLAY_DEADLINE_MS";

test("one that is kept is heard", async () => {
  const { storage, bytes } = memoryFiles();
  bytes.set("a.wav", toneWav(440, 240));
  expect((await played(kept, storage)).outcome).toMatchObject({ kind: "audio" });
});

test.each([
  ["nobody has it", undefined, "not_found", "no such recording", "GET /recordings"],
  ["it has not been stopped", sampleRecording(), "not_finished", "has not been stopped", "recording_stop"],
  [
    "it has no file",
    sampleRecording({ status: "ended", storage_key: null, fault: "Asterisk has nothing that was recorded" }),
    ...["not_found", "Asterisk has nothing that was recorded", "record it again"],
  ],
  ["its file is gone", kept, "not_found", "no a.wav", "RINGDOWN_RECORDINGS_URL"],
  ["it is being finished", sampleRecording({ status: "stopping" }), "timeout", "not finished", inTime],
  [
    "its storage is away while it is being finished",
    sampleRecording({ status: "stopping", fault: "not in our storage yet: S3 is away; look whether it runs" }),
    ...["timeout", "S3 is away; look whether it runs", inTime],
  ],
] as const)("%s: that is told, and what to do", async (_name, recording, reason, message, remedy) => {
  const { outcome } = await played(recording);
  expect(outcome).toMatchObject({
    ...{ name: "MediaError", reason },
    message: expect.stringContaining(message),
    remedy: expect.stringContaining(remedy),
  });
});

test.each(["silent", "halting"] as const)(
  "a bucket whose server is %s is waited for no longer than is set",
  async (stall) => {
    const { outcome, tookMs } = await played(kept, bucketAt(await startStallingServer(stall)));
    expect(outcome).toMatchObject({
      ...{ name: "MediaError", reason: "timeout" },
      message: expect.stringContaining("storage"),
      remedy: expect.stringContaining(inTime),
    });
    expect(tookMs).toBeLessThan(DEADLINE_MS + 600);
  },
);

test("a bucket that breaks off is told as one that cannot be reached", async () => {
  const files = s3Recordings({
    ...{ bucket: "calls", prefix: "", endpoint: await startStallingServer("halting"), pathStyle: true },
    patience: { idleMs: 100, answerMs: 60_000 },
  });
  const { outcome } = await played(kept, files);
  expect(outcome).toMatchObject({ name: "MediaError", reason: "unreachable", remedy: expect.stringContaining("runs") });
});

test("who hangs up waits no longer", async () => {
  const hangup = new AbortController();
  const files = bucketAt(await startStallingServer("silent"));
  setImmediate(() => hangup.abort(new Error("hung up")));
  expect((await played(kept, files, hangup.signal)).outcome).toMatchObject({ message: "hung up" });
});
