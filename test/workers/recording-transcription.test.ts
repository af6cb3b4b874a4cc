import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import type { Transcribe, Transcript } from "../../src/model/transcribe.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { RecordedChannel } from "../../src/ports/recorded-sound.ts";
import { RecordingStorageError } from "../../src/ports/recording-storage.ts";
import { type ListenRequest, RecognitionError, type SpeechRecognizer } from "../../src/ports/speech-recognition.ts";
import { randomIds as ids } from "../../src/providers/system/ids.ts";
import { openStorage } from "../../src/storage/open-storage.ts";
import { recordingTranscription } from "../../src/workers/recording-transcription.ts";
import { aTranscribe, aTranscript } from "../http/support/transcribe.ts";
import { eventually } from "../support/eventually.ts";

const log = pino({ level: "silent" });
const ended = {
  ...{ reference_type: "call", reference_id: ids.next(), status: "ended", channels: 2 },
  ...{ storage_key: "key", fault: null, tm_start: "2026-01-01T10:00:00.000Z", tm_create: "2026-01-01T09:00:00.000Z" },
};
type Recording = typeof ended | (Omit<typeof ended, "storage_key" | "fault"> & { storage_key: null; fault: string });

/** A clock on which all waits are over at once; how long they were in all is kept. */
function hastyClock(): Clock {
  let nowMs = Date.UTC(2026, 0, 2);
  return {
    now: () => nowMs,
    async sleepUntil(atMs, signal) {
      await new Promise((resolve) => setImmediate(resolve));
      signal.throwIfAborted();
      nowMs = Math.max(nowMs, atMs);
    },
  };
}

/** Says of which channel the sound is, and how long. */
const listener: SpeechRecognizer = {
  check: () => {},
  async *listen({ audio }: ListenRequest) {
    let text = "";
    let bytes = 0;
    for await (const piece of audio) {
      text = Buffer.from(piece).toString();
      bytes += 1;
      yield { text: "…", isFinal: false, startMs: 0, endMs: 0, provider: "fake" };
    }
    yield { text, isFinal: true, confidence: 0.5, startMs: 100, endMs: bytes * 100, provider: "fake" };
  },
};

/** A worker on transcriptions that are to be done. */
async function worker(parts: {
  readonly todo: readonly Transcribe[];
  /** By an earlier process. */
  readonly understood?: readonly Transcript[];
  readonly recordings?: () => Promise<Recording | undefined>;
  readonly recognizer?: SpeechRecognizer;
  readonly open?: () => Promise<void>;
  /** Begins what follows. */
  readonly begin?: (transcribe: Transcribe) => void;
}) {
  const {
    todo,
    understood = [],
    recordings = async () => ended,
    recognizer = listener,
    open = async () => {},
    begin = () => {},
  } = parts;
  const clock = hastyClock();
  const storage = await openStorage("sqlite::memory:", { log, clock });
  for (const transcribe of todo) await storage.transcribes.create(transcribe, []);
  for (const transcript of understood) await storage.transcripts.create(transcript, []);
  const read: RecordedChannel[] = [];
  const sound = {
    async open() {
      await open();
      return {
        sampleRateHz: 16_000,
        async *read(channel: RecordedChannel) {
          read.push(channel);
          for (let piece = 0; piece < 3; piece += 1) yield Buffer.from(channel);
        },
        [Symbol.asyncDispose]: async () => {},
      } as const;
    },
  };
  const { transcribes, transcripts } = storage;
  const one = recordingTranscription({
    ...{ transcribes, transcripts, recordings: { get: recordings }, sound, recognizer, clock, ids, log },
    follow: async (transcribe) => () => begin(transcribe),
  });
  one.start();
  onTestFinished(async () => {
    await one.stop();
    await storage.close();
  });
  const done = ({ id }: Transcribe) =>
    eventually("its end", async () => {
      const transcribe = await transcribes.get(id);
      return transcribe?.status === "done" ? transcribe : undefined;
    });
  const textsOf = async ({ id, customer_id }: Transcribe) =>
    (await transcripts.list(customer_id, { pageSize: 10 }, { transcribe_id: id })).result
      .map(({ direction, message }) => `${direction} ${message}`)
      .toSorted();
  return { storage, read, done, textsOf, clock, end: one.end };
}
const aTask = (more: Partial<Transcribe> = {}) =>
  aTranscribe({ reference_type: "recording", tm_create: "2026-01-02T00:00:00.000Z", ...more });

test.each([
  ["both", 2, ["in left", "out right"]],
  ["in", 2, ["in left"]],
  ["out", 2, ["out right"]],
  ["in", 1, ["both mixed"]],
  ["both", 1, ["both mixed"]],
] as const)("%s of a recording with %i channels", async (direction, channels, texts) => {
  const task = aTask({ direction });
  const { done, textsOf, storage } = await worker({ todo: [task], recordings: async () => ({ ...ended, channels }) });
  expect(await done(task)).toMatchObject({ end_reason: "finished", error: null });
  expect(await textsOf(task)).toEqual(texts);
  const facts = await storage.timeline.ofCall(ended.reference_id);
  expect(facts.map(({ type }) => type)).toEqual([...texts.map(() => "transcript_created"), "transcribe_ended"]);
});

test("what was said has the time at which it was said, and is given at the speed of speech", async () => {
  const task = aTask({ direction: "in" });
  const { done, storage, clock } = await worker({ todo: [task] });
  const before = clock.now();
  await done(task);
  const [transcript] = (await storage.transcripts.list(task.customer_id, { pageSize: 1 })).result;
  expect(transcript).toMatchObject({ start_ms: 100, end_ms: 300, tm_transcript: "2026-01-01T10:00:00.100Z" });
  expect(clock.now() - before).toBeGreaterThanOrEqual(200);
});

test("a recording that is not complete is waited for", async () => {
  const task = aTask();
  let looks = 0;
  const recordings = async (): Promise<Recording> => ({ ...ended, status: ++looks < 4 ? "recording" : "ended" });
  const { done, textsOf } = await worker({ todo: [task], recordings });
  await done(task);
  expect(looks).toBe(4);
  expect(await textsOf(task)).toHaveLength(2);
});

test("what a process that died has understood of it is not there twice", async () => {
  const task = aTask({ direction: "in" });
  const understood = [aTranscript({ transcribe_id: task.id, message: "left" })];
  const { done, textsOf } = await worker({ todo: [task], understood });
  await done(task);
  expect(await textsOf(task)).toEqual(["in left"]);
});

test.each<readonly [string, Recording | undefined, string]>([
  ["has been removed", undefined, "the recording has been removed; record again"],
  [
    "failed",
    { ...ended, storage_key: null, fault: "the disk was full" },
    "there is no recording: the disk was full; record again",
  ],
])("a recording that %s is told", async (_name, recording, error) => {
  const task = aTask();
  const { done } = await worker({ todo: [task], recordings: async () => recording });
  expect(await done(task)).toMatchObject({ end_reason: "failed", error });
});

test("a storage that is away is asked again; what can't be decoded is told", async () => {
  const tasks = [aTask({ direction: "in" }), aTask({ direction: "in" })] as const;
  let opened = 0;
  const [patient] = await Promise.all([
    worker({
      todo: [tasks[0]],
      async open() {
        opened += 1;
        if (opened < 3) throw new RecordingStorageError("unavailable", "no way to it");
      },
    }),
  ]);
  expect(await patient.done(tasks[0])).toMatchObject({ end_reason: "finished" });
  const hopeless = await worker({ todo: [tasks[1]], open: () => Promise.reject(new Error("no sound in it")) });
  expect(await hopeless.done(tasks[1])).toMatchObject({
    end_reason: "failed",
    error: "no sound in it; see the log of Ringdown",
  });
  const refused = aTask({ direction: "in" });
  const refusing = await worker({
    todo: [refused],
    open: () => Promise.reject(new RecordingStorageError("refused", "we may not")),
  });
  expect(await refusing.done(refused)).toMatchObject({
    error: expect.stringMatching(/^we may not; look whether RINGDOWN_REC/),
  });
});

test.each([
  ["quota", "finished", 3],
  ["credentials", "failed", 1],
] as const)("when nobody can listen (%s), it is %s after %i times", async (fault, end_reason, times) => {
  const task = aTask({ direction: "in" });
  let tries = 0;
  const recognizer: SpeechRecognizer = {
    check: () => {},
    async *listen(request, signal) {
      tries += 1;
      const trouble = { provider: "gcp", fault, error: "no", remedy: "pay", atMs: 0 };
      request.onTrouble?.(trouble);
      if (tries < 3) throw new RecognitionError([trouble], "no provider can listen: gcp: no");
      yield* listener.listen(request, signal);
    },
  };
  const { done, storage } = await worker({ todo: [task], recognizer });
  expect(await done(task)).toMatchObject({ end_reason });
  expect(tries).toBe(times);
  const facts = await storage.timeline.ofCall(ended.reference_id);
  expect(facts.find(({ type }) => type === "transcribe_failed")?.data).toMatchObject({ fault, remedy: "pay" });
});

/** Understands a first word, and then nothing until it is told to end. */
const stuck: SpeechRecognizer = {
  check: () => {},
  async *listen(_request: ListenRequest, signal: AbortSignal) {
    yield { text: "first", isFinal: true, startMs: 100, endMs: 200, provider: "fake" };
    await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  },
};
const nobody: SpeechRecognizer = {
  check: () => {},
  // biome-ignore lint/correctness/useYield: it never comes to that
  async *listen({ onTrouble }: ListenRequest) {
    const trouble = { provider: "gcp", fault: "quota", error: "no", remedy: "pay", atMs: 0 } as const;
    onTrouble?.(trouble);
    throw new RecognitionError([trouble], "no provider can listen: gcp: no");
  },
};
const beingMade = async () => ({ ...ended, status: "recording" });

test.each([
  ["waits for its recording", listener, beingMade, undefined],
  ["runs", stuck, undefined, "transcript_created"],
  ["rests because nobody can listen", nobody, undefined, "transcribe_failed"],
])("stopped while it %s, it is over, once, with what was understood", async (_when, recognizer, recordings, first) => {
  // Young for ever: on this clock a day is soon over.
  const task = aTask({ direction: "in", tm_create: "2999-01-01T00:00:00.000Z" });
  const { end, storage, textsOf } = await worker({ todo: [task], recognizer, ...(recordings && { recordings }) });
  const types = async () => (await storage.timeline.ofCall(ended.reference_id)).map(({ type }) => type);
  const before = await eventually("its beginning", async () =>
    (await types())[0] === first ? textsOf(task) : undefined,
  );
  await Promise.all([end(task.id), end(task.id)]);
  await end(task.id);
  expect(await storage.transcribes.get(task.id)).toMatchObject({ status: "done", end_reason: "stopped", error: null });
  expect(await textsOf(task)).toEqual(before);
  expect((await types()).filter((type) => type === "transcribe_ended")).toHaveLength(1);
});

test("what a process that died has understood stays until it is understood again, also when that is stopped", async () => {
  const task = aTask({ direction: "in" });
  const understood = [50, 5_000].map((start_ms) =>
    aTranscript({ transcribe_id: task.id, message: `at ${start_ms}`, start_ms }),
  );
  const { end, textsOf } = await worker({ todo: [task], understood, recognizer: stuck });
  await eventually("the first once more", async () => (await textsOf(task)).join() === "in at 5000,in first");
  await end(task.id);
  expect(await textsOf(task)).toEqual(["in at 5000", "in first"]);
});

test("what follows begins when the end is on record", async () => {
  const task = aTask({ direction: "in", on_end_flow_id: ids.next(), on_end_activeflow_id: ids.next() });
  const begun: Promise<string | undefined>[] = [];
  const begin = ({ id }: Transcribe) => void begun.push(storage.transcribes.get(id).then((one) => one?.status));
  const { done, storage } = await worker({ todo: [task], begin });
  await done(task);
  await eventually("what follows", () => begun.length > 0);
  expect(await Promise.all(begun)).toEqual(["done"]);
});

test("an end that an earlier process was about to store is not put off by hearing all of it again", async () => {
  const task = aTask({ on_end_flow_id: ids.next(), end_reason: "failed", error: "no credentials" });
  const { done, read } = await worker({ todo: [task] });
  expect(await done(task)).toMatchObject({ end_reason: "failed", error: "no credentials" });
  expect(read).toEqual([]);
});
