import { randomUUID } from "node:crypto";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import type { Recording } from "../../src/model/recording.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { Recorder } from "../../src/ports/recorder.ts";
import { RecordingStorageError } from "../../src/ports/recording-storage.ts";
import { TelephonyError } from "../../src/ports/telephony.ts";
import { openStorage } from "../../src/storage/open-storage.ts";
import { recordingKeeper } from "../../src/workers/recording-keeper.ts";
import { inWords, waitOf } from "../../src/workers/recording-wait.ts";
import { sampleRecording } from "../contract/storage-samples.ts";
import { fakeRecorder } from "../engine/fake-recorder.ts";
import { eventually } from "../support/eventually.ts";
import { memoryFiles } from "../support/memory-files.ts";

const log = pino({ level: "silent" });
const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2026, 0, 31);

/** A clock on which all waits are over at once. */
function hastyClock(): Clock {
  let nowMs = NOW_MS;
  return {
    now: () => nowMs,
    async sleepUntil(atMs, signal) {
      await new Promise((resolve) => setImmediate(resolve));
      signal.throwIfAborted();
      nowMs = Math.max(nowMs, atMs);
    },
  };
}

type World = {
  /** Why the place for files fails; the disk is full when absent. */
  readonly failure?: Error;
  readonly stored: readonly Recording[];
  readonly retentionDays?: number;
  /** How often the place for files fails at first. */
  readonly failures?: number;
  /** How often what follows fails to begin at first. */
  readonly failedFollows?: number;
  /** Nothing was recorded. */
  readonly isEmpty?: boolean;
};

const FULL = new RecordingStorageError("full", "no room");

/** A keeper with recordings that are to be kept; `done` tells what was done to the bytes, in order. */
async function keeper({
  stored,
  retentionDays,
  failures = 0,
  failure = FULL,
  isEmpty = false,
  failedFollows = 0,
}: World) {
  const storage = await openStorage("sqlite::memory:", { log, clock: hastyClock() });
  for (const recording of stored) await storage.recordings.create(recording, []);
  const done: string[] = [];
  const files = memoryFiles();
  const statusOf = async (id: string) => (await storage.recordings.get(id))?.status;
  let failuresLeft = failures;
  let followsLeft = failedFollows;
  const recorder: Recorder = {
    ...fakeRecorder(),
    stop: async () => void done.push("stop"),
    async fetch(_take, folder) {
      if (isEmpty) return [];
      await writeFile(join(folder, "mixed.wav"), "sound");
      return [{ track: "mixed", path: join(folder, "mixed.wav") }];
    },
    remove: async ({ id }) => void done.push(`remove from the switch, ${await statusOf(id)}`),
  };
  const told: string[] = [];
  const one = recordingKeeper({
    recordings: storage.recordings,
    recorder,
    files: {
      ...files.storage,
      async put(key, path, signal) {
        failuresLeft -= 1;
        if (failuresLeft >= 0) throw failure;
        await files.storage.put(key, path, signal);
        done.push("put");
      },
    },
    encoder: { encode: async ([track]) => ({ path: track?.path ?? "", durationMs: 1_500, size: 5 }) },
    folder: await mkdtemp(join(tmpdir(), "ringdown-keeper-")),
    retentionMs: retentionDays === undefined ? undefined : retentionDays * DAY_MS,
    clock: hastyClock(),
    log,
    onEnded: ({ id }) => void told.push(id),
    async follow(recording) {
      followsLeft -= 1;
      done.push(`follow ${recording.on_end_flow_id}, ${await statusOf(recording.id)}`);
      if (followsLeft >= 0) throw new Error("we die");
    },
  });
  onTestFinished(async () => {
    await one.stop();
    await storage.close();
  });
  return { ...one, storage, files, done, told };
}

const over = (changes: Partial<Recording> = {}): Recording =>
  sampleRecording({ status: "stopping", work: "fetch", end_reason: "stopped", ...changes });
const shelved = (daysOld: number): Recording => {
  const tm_create = new Date(NOW_MS - daysOld * DAY_MS).toISOString();
  return sampleRecording({ status: "ended", storage_key: `of ${daysOld}`, tm_create });
};

test("the switch's copy goes only when ours is safe and on record; then the recording is finished", async () => {
  const recording = over();
  const { start, told, done, storage, files } = await keeper({ stored: [recording] });
  await start();
  await eventually("the end of the work", async () => (await storage.recordings.get(recording.id))?.work === null);
  expect(done).toEqual(["stop", "put", "remove from the switch, ended"]);
  const key = `${recording.customer_id}/${recording.id}.wav`;
  expect(await storage.recordings.get(recording.id)).toMatchObject({
    ...{ status: "ended", storage_key: key, duration_ms: 1_500, size: 5, fault: null },
  });
  expect([files.bytes.get(key)?.toString(), told]).toEqual(["sound", [recording.id]]);
});

test.each([
  ["with its file", false, ["stop", "put"]],
  ["without a file", true, ["stop"]],
])(
  "the flow that follows one that ended %s begins when that is on record, and nothing is done twice",
  async (_how, isEmpty, before) => {
    const recording = over({ on_end_flow_id: randomUUID(), on_end_activeflow_id: randomUUID() });
    const { start, told, done, storage } = await keeper({ stored: [recording], isEmpty, failedFollows: 2 });
    await start();
    await eventually("the end of the work", async () => (await storage.recordings.get(recording.id))?.work === null);
    const follow = `follow ${recording.on_end_flow_id}, ended`;
    expect(done).toEqual([...before, follow, follow, follow, "remove from the switch, ended"]);
    expect(told).toEqual([recording.id]);
  },
);

test("what could not be stored is tried again, and nothing is removed before it could", async () => {
  const recording = over();
  const { start, told, done } = await keeper({ stored: [recording], failures: 3 });
  await start();
  await eventually("its end", () => done.at(-1)?.startsWith("remove"));
  expect(done).toEqual(["stop", "stop", "stop", "stop", "put", "remove from the switch, ended"]);
  expect(told).toEqual([recording.id]);
});

test.each([
  [FULL, "no room", /^make room where/],
  [new RecordingStorageError("unavailable", "no answer in time"), "no answer in time", /storage of recordings runs/],
  [new RecordingStorageError("refused", "AccessDenied"), "AccessDenied", /AWS_ACCESS_KEY_ID/],
  [new TelephonyError("unavailable", "stop", "Asterisk is away"), "Asterisk is away", /ringdown doctor/],
  [Object.assign(new Error("write"), { code: "ENOSPC" }), "no room to make the file", /RINGDOWN_DATA_DIR/],
  [new TypeError("oops"), "the file could not be made", /log/],
])("while it waits because of %s, it and its timeline say why and what to do, once", async (failure, why, remedy) => {
  const recording = over();
  const { start, storage, stop } = await keeper({ stored: [recording], failures: Number.POSITIVE_INFINITY, failure });
  await start();
  await eventually("its reason", async () => {
    const { fault } = (await storage.recordings.get(recording.id)) ?? {};
    return fault?.startsWith(`not in our storage yet: ${why}; `);
  });
  await stop();
  const [note, ...more] = await storage.timeline.ofCall(recording.reference_id);
  expect(note).toMatchObject({
    type: "note",
    data: { recording_id: recording.id, why, remedy: expect.stringMatching(remedy) },
  });
  expect(more).toEqual([]);
});

test("what an earlier process has told is not told again; when it is stored, nothing is wrong any more", async () => {
  const recording = over({ fault: inWords(waitOf(FULL)) });
  const { start, storage, done } = await keeper({ stored: [recording], failures: 2 });
  await start();
  await eventually("its end", () => done.at(-1)?.startsWith("remove"));
  expect((await storage.timeline.ofCall(recording.reference_id)).map(({ type }) => type)).toEqual([
    "recording_finished",
  ]);
  expect((await storage.recordings.get(recording.id))?.fault).toBeNull();
});

test("why it failed is still known when it had to wait, too", async () => {
  const recording = over({ end_reason: "failed", fault: "the channel was gone" });
  const { start, storage, stop } = await keeper({ stored: [recording], failures: Number.POSITIVE_INFINITY });
  await start();
  await eventually("its note", async () => (await storage.timeline.ofCall(recording.reference_id)).length === 1);
  await stop();
  expect((await storage.recordings.get(recording.id))?.fault).toBe("the channel was gone");
});

test("killed after it was stored, only what is left to do is done", async () => {
  const recording = over({ status: "ended", work: "remove", storage_key: "kept" });
  const { start, told, done, storage } = await keeper({ stored: [recording] });
  await start();
  await eventually("the end of the work", async () => (await storage.recordings.get(recording.id))?.work === null);
  expect([done, told]).toEqual([["remove from the switch, ended"], []]);
});

test("of which there is nothing ends without a file, and says why", async () => {
  const recording = over();
  const { start, told, storage } = await keeper({ stored: [recording], isEmpty: true });
  await start();
  await eventually("its end", async () => (await storage.recordings.get(recording.id))?.status === "ended");
  expect(told).toEqual([recording.id]);
  expect(await storage.recordings.get(recording.id)).toMatchObject({
    ...{ storage_key: null, size: null, duration_ms: null, fault: "Asterisk has nothing that was recorded" },
  });
});

test("recordings of that age go with their files, others stay", async () => {
  const [old, young, running] = [shelved(31), shelved(29), over({ work: null })];
  const { start, storage, files } = await keeper({ stored: [old, young, running], retentionDays: 30 });
  for (const { storage_key } of [old, young]) files.bytes.set(storage_key ?? "", Buffer.from("sound"));
  await start();
  await eventually("the end of the old one", async () => (await storage.recordings.get(old.id)) === undefined);
  expect([...files.bytes.keys()]).toEqual([young.storage_key]);
  expect(await storage.recordings.get(running.id)).toBeDefined();
});
