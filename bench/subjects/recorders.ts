import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Asterisk } from "../../test/support/asterisk.ts";
import { eventually } from "../../test/support/eventually.ts";
import type { Ringdown } from "../../test/support/ringdown.ts";
import { samplesOf } from "../../test/support/tones.ts";

/** Where the recordings of a subject come to be. */
export type Recorder = {
  /** How many channels a recorded call has. */
  readonly channels: number;
  /** Resolves when so many recordings are whole, and where they are to stay. */
  made(count: number): Promise<void>;
  /** The samples of each, at 8 kHz; none of them is there any more afterwards. */
  take(): Promise<readonly Int16Array[]>;
};

/** Some recordings at a time are brought from Asterisk to where they stay. */
const MADE_WITHIN_MS = 60_000;
const WAV_HEAD_BYTES = 44;
const LENGTH_AT = 40;
const idsSchema = z.array(z.looseObject({ id: z.string() }));

/** `MixMonitor()` leaves them where it writes them. */
export function dialplanRecorder({ directory }: Asterisk): Recorder {
  const folder = join(directory, "spool/monitor");
  const files = () => wavsIn(folder);
  return {
    channels: 1,
    made: async (count) => {
      await eventually(`${count} recordings`, () => files().filter(isWhole).length >= count, MADE_WITHIN_MS);
    },
    async take() {
      const taken = files();
      const samples = taken.map(samplesIn);
      for (const file of taken) rmSync(file);
      return samples;
    },
  };
}

/** Ringdown moves them into its own storage; looked for in the file system, since a question would cost it time. */
export function ringdownRecorder({ directory }: Asterisk, { api, dataDirectory }: Ringdown): Recorder {
  const spool = join(directory, "spool/recording");
  const files = () => wavsIn(join(dataDirectory, "recordings"));
  const isDone = (count: number): boolean => files().length >= count && wavsIn(spool).length === 0;
  return {
    // The call's, and the one that listens to it.
    channels: 2,
    made: async (count) => {
      await eventually(`${count} recordings`, () => isDone(count), MADE_WITHIN_MS);
    },
    async take() {
      const samples = files().map(samplesIn);
      for (const { id } of idsSchema.parse(await api.list("/recordings"))) {
        await api.request("DELETE", `/recordings/${id}`);
      }
      return samples;
    },
  };
}

const wavsIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".wav"))
    .map((name) => join(folder, name));

/** Whether it claims its length, which is written last. */
const isWhole = (file: string): boolean => {
  const bytes = statSync(file).size - WAV_HEAD_BYTES;
  return bytes > 0 && readFileSync(file).readUInt32LE(LENGTH_AT) === bytes;
};

const samplesIn = (file: string): Int16Array => samplesOf(readFileSync(file));
