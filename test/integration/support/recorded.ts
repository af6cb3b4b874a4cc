/** Recordings of calls as a customer gets them. */
import { execFile } from "node:child_process";
import { expect } from "vitest";
import { z } from "zod";
import { eventually } from "../../support/eventually.ts";
import type { FlowAction, Lab } from "../../support/lab.ts";
import { hear, samplesOf, type Tone, tone } from "../../support/tones.ts";

export const record = (option: Readonly<Record<string, unknown>> = {}): FlowAction => ({
  type: "recording_start",
  option,
});
export const stopRecording: FlowAction = { type: "recording_stop" };

const recordingSchema = z.looseObject({
  id: z.string(),
  status: z.string(),
  paused: z.boolean(),
  end_reason: z.string().nullable(),
  duration_ms: z.number().nullable(),
  size: z.number().nullable(),
});
export type RecordingSeen = z.infer<typeof recordingSchema>;

/** What has been recorded of one call or confbridge, newest first. */
export const recordingsOf = async (lab: Lab, referenceId: string): Promise<readonly RecordingSeen[]> =>
  recordingSchema
    .array()
    .parse((await lab.api.list("/recordings")).filter(({ reference_id }) => reference_id === referenceId));

/** The one recording of the call to a number, once it is like this. */
export const recordingOf = async (
  lab: Lab,
  number: string,
  is: Readonly<Record<string, unknown>> = { status: "ended" },
): Promise<RecordingSeen> => {
  const { id } = await lab.recordOf(number);
  return eventually(`a recording that is ${JSON.stringify(is)}`, async () => {
    const [recording] = await recordingsOf(lab, id);
    expect(recording).toMatchObject(is);
    return recording;
  });
};

export type Listened = {
  readonly type: string | null;
  /** Of each channel, the tones in their order. */
  readonly channels: readonly (readonly number[])[];
  readonly durationMs: number;
  /** How its bytes begin. */
  readonly magic: string;
};

/** Fetches the file of a recording and listens to it. */
export const listenTo = async (lab: Lab, recording: { readonly id: string }): Promise<Listened> => {
  const { file, type } = await fetched(lab, recording);
  const decoded = samplesOf(await decode(file, typeOf(file)));
  const count = type === "audio/wav" ? file.readUInt16LE(22) : Number(await channelsIn(file));
  const channels = Array.from({ length: count }, (_, channel) =>
    inOrder(hear(decoded.filter((_sample, index) => index % count === channel))),
  );
  const magic = file.subarray(0, 4).toString("latin1");
  return { type, channels, durationMs: decoded.length / count / 8, magic };
};

/** What is in the file of a recording of one channel, in pieces of 200 ms. */
export const samplesIn = async (lab: Lab, recording: { readonly id: string }): Promise<readonly Int16Array[]> => {
  const { file } = await fetched(lab, recording);
  const pcm = samplesOf(await decode(file, typeOf(file)));
  return Array.from({ length: Math.floor(pcm.length / 1_600) }, (_, index) =>
    pcm.subarray(index * 1_600, (index + 1) * 1_600),
  );
};

/** The tones on a recording of one channel, with when they are heard. */
export const tonesOn = async (lab: Lab, recording: { readonly id: string }): Promise<readonly Tone[]> =>
  hear(Int16Array.from((await samplesIn(lab, recording)).flatMap((piece) => [...piece])));

/** The tones of the caller and of the others on a recording of two channels, as WAV. */
export const tracksOf = async (
  lab: Lab,
  recording: { readonly id: string },
): Promise<readonly [caller: readonly Tone[], others: readonly Tone[]]> => {
  const { file } = await fetched(lab, recording);
  const pcm = samplesOf(await decode(file, "wav"));
  const track = (channel: 0 | 1) => hear(pcm.filter((_sample, index) => index % 2 === channel));
  return [track(0), track(1)];
};

/** Tones in their order; the hole that a starved machine leaves in one makes no two of it. */
export const inOrder = (tones: readonly Tone[]): readonly number[] =>
  tones.map(({ frequency }) => frequency).filter((frequency, index, all) => frequency !== all[index - 1]);

const fetched = async (
  { api }: Lab,
  { id }: { readonly id: string },
): Promise<{ readonly file: Buffer; readonly type: string | null }> => {
  const response = await fetch(`${api.base}/v1.0/recordings/${id}/file?accesskey=${api.key}`);
  expect(response.status).toBe(200);
  return { file: Buffer.from(await response.arrayBuffer()), type: response.headers.get("content-type") };
};

const typeOf = (file: Buffer): string => {
  const head = file.subarray(0, 4).toString("latin1");
  if (head === "RIFF") return "wav";
  return head === "OggS" ? "vorbis" : "mp3";
};

/** As WAV of 8 kHz. */
const decode = (file: Buffer, type: string): Promise<Buffer> =>
  sox(file, ["-t", type, "-", "-t", "wav", "-e", "signed-integer", "-b", "16", "-r", "8000", "-"]);

const channelsIn = async (file: Buffer): Promise<number> =>
  (await sox(file, ["-t", typeOf(file), "-", "-t", "wav", "-"])).readUInt16LE(22);

function sox(input: Buffer, parameters: readonly string[]): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const options = { encoding: "buffer", maxBuffer: 64 * 1_024 * 1_024 } as const;
    const child = execFile("sox", ["-V1", ...parameters], options, (error, output) =>
      error ? reject(error) : resolve(output),
    );
    child.stdin?.end(input);
  });
}

/** A tone that is long enough to be told in a recording, and the pause after it. */
export const words = (frequency: number): Int16Array => {
  const spoken = new Int16Array(8 * 600);
  spoken.set(tone(frequency, 400));
  return spoken;
};
