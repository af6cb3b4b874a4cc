import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { RecordedChannel, RecordedSound } from "../../ports/recorded-sound.ts";
import type { RecordingStorage } from "../../ports/recording-storage.ts";
import type { RunTool } from "../run-tool.ts";
import { type AudioType, audioTypeOf } from "./audio-type.ts";

const SAMPLE_RATE_HZ = 16_000;
/** 100 ms. */
const PIECE_BYTES = 3_200;
/** Hours of sound take a minute. */
const DECODE_LIMIT_MS = 600_000;
/** What of sox's channels each is made of. */
const REMIX: Readonly<Record<RecordedChannel, string>> = { left: "1", right: "2", mixed: "-" };

/** Sound of recordings in our storage, of whatever kind of file. */
export const recordedSound = (
  files: Pick<RecordingStorage, "open">,
  runTool: RunTool,
  folder = tmpdir(),
): RecordedSound => ({
  async open(storageKey, signal) {
    const directory = await mkdtemp(join(folder, "ringdown-recording-"));
    await using made = new AsyncDisposableStack();
    made.defer(() => rm(directory, { recursive: true, force: true }));
    const encoded = join(directory, "encoded");
    await pipeline(await files.open(storageKey, { signal }), createWriteStream(encoded), { signal });
    const type = await typeOf(encoded);
    const open = made.move();

    async function* read(channel: RecordedChannel): AsyncIterable<Uint8Array> {
      const decoded = join(directory, `${channel}.raw`);
      const raw = ["-t", "raw", "-e", "signed-integer", "-b", "16", "-r", String(SAMPLE_RATE_HZ), "-L", decoded];
      const parameters = ["-V1", "-t", type, encoded, ...raw, "remix", REMIX[channel]];
      await runTool({ tool: "sox", parameters, deadlineMs: DECODE_LIMIT_MS }, signal);
      for await (const piece of createReadStream(decoded, { highWaterMark: PIECE_BYTES })) yield piece;
    }

    return { sampleRateHz: SAMPLE_RATE_HZ, read, [Symbol.asyncDispose]: () => open.disposeAsync() } as const;
  },
});

async function typeOf(path: string): Promise<AudioType> {
  const type = await audioTypeOf(path);
  if (type === undefined) throw new Error("the recording is no audio that we read");
  return type;
}
