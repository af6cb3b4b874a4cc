import type { RunTool } from "../run-tool.ts";
import type { AudioType } from "./audio-type.ts";

/** As long as the longest call: a small file can claim to be days of silence. */
const MAX_AUDIO_SECONDS = 4 * 60 * 60;
/** Decoding an hour takes some seconds. */
const CONVERSION_DEADLINE_MS = 60_000;
/** Same bytes for the same input, since audio is known by its hash. */
const REPEATABLE = ["-V1", "-R", "-D"];

type Conversion = {
  readonly from: string;
  readonly type: AudioType;
  readonly to: string;
  readonly rateHz: 8_000 | 16_000;
};

/** Writes audio of any rate and channel count as 16-bit mono WAV. @throws ToolError when it is not audio after all. */
export async function convert(
  runTool: RunTool,
  { from, type, to, rateHz }: Conversion,
  signal: AbortSignal,
): Promise<void> {
  const source = ["-t", type, from];
  const target = ["-t", "wav", "-e", "signed-integer", "-b", "16", "-c", "1", "-r", String(rateHz), to];
  const parameters = [...REPEATABLE, ...source, ...target, "trim", "0", String(MAX_AUDIO_SECONDS)];
  await runTool({ tool: "sox", parameters, deadlineMs: CONVERSION_DEADLINE_MS }, signal);
}
