/** Languages that eSpeak knows by another name. */
const ALIASES: Readonly<Record<string, string>> = {
  zh: "cmn",
  "zh-cn": "cmn",
  "zh-tw": "cmn",
  "zh-hk": "yue",
  en: "en-us",
  fr: "fr-fr",
  no: "nb",
  iw: "he",
  in: "id",
  "es-mx": "es-419",
};

/** The voice of eSpeak for a language such as `de-DE`: of the region, else of the language; undefined when it has none. */
export function espeakVoice(language: string, voices: readonly string[]): string | undefined {
  const tag = language.toLowerCase().replaceAll("_", "-");
  const primary = tag.split("-")[0] ?? tag;
  const candidates = [tag, ALIASES[tag], ALIASES[primary], primary];
  return (
    candidates.find((voice) => voice !== undefined && voices.includes(voice)) ??
    voices.find((voice) => voice.startsWith(`${primary}-`))
  );
}

/** The languages in the table that `espeak-ng --voices` prints. */
export function espeakLanguages(table: string): readonly string[] {
  const rows = table.trim().split("\n").slice(1);
  return rows.flatMap((row) => row.trim().split(/\s+/)[1]?.toLowerCase() ?? []);
}

/** Whether this is a voice of eSpeak, with or without a variant: `de`, `en-us+f3`. */
export function isEspeakVoice(voice: string, voices: readonly string[]): boolean {
  const [, language = ""] = /^([a-z0-9-]+)(?:\+[a-z0-9]{1,16})?$/i.exec(voice) ?? [];
  return voices.includes(language.toLowerCase());
}
