import type { Voice } from "@aws-sdk/client-polly";

const DEFAULT_VOICES: Readonly<Record<string, string>> = {
  "en-US": "Joanna",
  "en-GB": "Amy",
  "de-DE": "Marlene",
  "fr-FR": "Celine",
  "es-ES": "Conchita",
  "it-IT": "Carla",
  "ja-JP": "Mizuki",
  "ko-KR": "Seoyeon",
  "pt-BR": "Camila",
  "ru-RU": "Tatyana",
  "zh-CN": "Zhiyu",
};

/** Amazon's names of languages that others call otherwise. */
const ALIASES: Readonly<Record<string, string>> = { zh: "cmn", ar: "arb", no: "nb" };

/** The voice that is used for a language, or for its first country; undefined when Amazon is to be asked. */
export function pollyDefaultVoice(language: string): string | undefined {
  const tag = language.toLowerCase();
  const entry = Object.entries(DEFAULT_VOICES).find(([key]) => key.toLowerCase() === tag);
  const first = tag.includes("-")
    ? undefined
    : Object.entries(DEFAULT_VOICES).find(([key]) => key.startsWith(`${tag}-`));
  return (entry ?? first)?.[1];
}

/** The first voice for a language, of the country if there is one; undefined when there is none. */
export function pollyVoiceFor(language: string, voices: readonly Voice[]): string | undefined {
  const tag = language.toLowerCase();
  const [primary = tag] = tag.split("-");
  const wanted = ALIASES[primary] ?? primary;
  const codeOf = (voice: Voice): string => voice.LanguageCode?.toLowerCase() ?? "";
  const found =
    voices.find((voice) => codeOf(voice) === tag) ?? voices.find((voice) => codeOf(voice).split("-")[0] === wanted);
  return found?.Id;
}
