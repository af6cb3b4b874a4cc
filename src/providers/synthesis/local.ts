import { type SpeechProvider, SpeechProviderError, type SpeechRequest } from "../../ports/speech.ts";
import { type RunTool, ToolError, type ToolRun } from "../run-tool.ts";
import { espeakLanguages, espeakVoice, isEspeakVoice } from "./espeak-voice.ts";
import { asciiText, spokenText } from "./plain-text.ts";

/** flite's own voices; a name outside this list could be a file or a URL, which flite would load. */
const FLITE_VOICES: readonly string[] = ["slt", "rms", "awb", "kal", "kal16"];
const DEFAULT_FLITE_VOICE = "slt";
const MALE_FLITE_VOICE = "rms";
/** eSpeak's voices are of men unless something is put on top of them. */
const FEMALE_ESPEAK_VARIANT = "+f3";
/** Half an hour of speech; more is a mistake. */
const MAX_TEXT_LENGTH = 32_768;
/** Even the longest text takes less. */
const DEADLINE_MS = 30_000;

/** Speech made on this machine, with no account: `flite` for English, `espeak-ng` for every other language. */
export function local(runTool: RunTool): SpeechProvider {
  let listing: Promise<readonly string[]> | undefined;
  const voices = (): Promise<readonly string[]> => {
    // Outlives the request that asks first, since the next ones want it too.
    listing ??= runTool(
      { tool: "espeak-ng", parameters: ["--voices"], deadlineMs: DEADLINE_MS },
      new AbortController().signal,
    ).then(espeakLanguages);
    listing.catch(() => {
      listing = undefined;
    });
    return listing;
  };
  return {
    name: "local",
    async synthesize(request, path, signal) {
      if (request.text.length > MAX_TEXT_LENGTH) {
        throw new SpeechProviderError("refused", `the text is longer than ${MAX_TEXT_LENGTH} characters`);
      }
      const text = spokenText(request.text);
      if (text === "") throw new SpeechProviderError("no_audio", "there is nothing to say");
      try {
        await runTool(await chooseRun({ ...request, text }, path, voices), signal);
      } catch (error) {
        throw error instanceof ToolError
          ? new SpeechProviderError(faults[error.fault], error.message, { cause: error })
          : error;
      }
    },
  };
}

const faults = { missing: "unavailable", timeout: "timeout", failed: "failed" } as const;

async function chooseRun(
  { text, language, voice, gender }: SpeechRequest,
  path: string,
  voices: () => Promise<readonly string[]>,
): Promise<ToolRun> {
  const isEnglish = /^en\b/i.test(language);
  const ascii = asciiText(text);
  const wantsFlite = voice === undefined ? isEnglish : FLITE_VOICES.includes(voice);
  // A text in another script, whatever its language is said to be, leaves nothing that flite could read.
  if (wantsFlite && /[a-z0-9]/i.test(ascii)) {
    return flite(ascii, voice ?? (gender === "male" ? MALE_FLITE_VOICE : DEFAULT_FLITE_VOICE), path);
  }

  const known = await voices();
  if (voice !== undefined && !wantsFlite && !isEspeakVoice(voice, known)) {
    throw new SpeechProviderError(
      "unknown_voice",
      "no such voice here: flite has slt, rms, awb, kal and kal16; `espeak-ng --voices` lists the others",
    );
  }
  if (voice !== undefined && !wantsFlite) return espeak(text, voice, path);
  const usual = espeakVoice(language, known);
  if (!usual) throw new SpeechProviderError("refused", "there is no local voice for this language");
  return espeak(text, gender === "female" ? `${usual}${FEMALE_ESPEAK_VARIANT}` : usual, path);
}

const flite = (input: string, voice: string, path: string): ToolRun => ({
  tool: "flite",
  parameters: ["-voice", voice, "-f", "-", "-o", path],
  input,
  deadlineMs: DEADLINE_MS,
});

const espeak = (input: string, voice: string, path: string): ToolRun => ({
  tool: "espeak-ng",
  parameters: ["-b", "1", "-v", voice, "--stdin", "-w", path],
  input,
  deadlineMs: DEADLINE_MS,
});
