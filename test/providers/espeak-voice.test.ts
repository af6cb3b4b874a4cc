import { expect, test } from "vitest";
import type { SpeechRequest } from "../../src/ports/speech.ts";
import { espeakLanguages, espeakVoice, isEspeakVoice } from "../../src/providers/synthesis/espeak-voice.ts";
import { local } from "../../src/providers/synthesis/local.ts";

const table = `Pty Language       Age/Gender VoiceName          File                 Other Languages
 5  de              --/M      German             gmw/de
 2  en-us           --/M      English_(America)  gmw/en-US            (en 3)
 5  fr-be           --/M      French_(Belgium)   roa/fr-BE            (fr 8)
 5  fr-fr           --/M      French_(France)    roa/fr               (fr 5)
 5  cmn             --/M      Chinese_(Mandarin) sit/cmn
 5  pt-br           --/M      Portuguese         roa/pt-BR            (pt 6)
`;
const voices = espeakLanguages(table);

test.each([
  ["de-DE", "de"],
  ["fr-BE", "fr-be"],
  ["fr-CA", "fr-fr"],
  ["zh-CN", "cmn"],
  ["pt_BR", "pt-br"],
  ["pt-PT", "pt-br"],
  ["en", "en-us"],
  ["xx-XX", undefined],
  ["", undefined],
])("language %s is spoken by %s", (language, voice) => expect(espeakVoice(language, voices)).toBe(voice));

test.each([
  ["de", true],
  ["DE+f3", true],
  ["nobody", false],
  ["../../etc/passwd", false],
  ["de+../x", false],
  ["-w", false],
])("voice %s is one of eSpeak's: %s", (voice, known) => expect(isEspeakVoice(voice, voices)).toBe(known));

test.each([
  ["male", "en-US", undefined, "flite rms"],
  ["female", "en-US", undefined, "flite slt"],
  ["neutral", "en-US", undefined, "flite slt"],
  ["female", "de-DE", undefined, "espeak-ng de+f3"],
  ["male", "de-DE", undefined, "espeak-ng de"],
  ["neutral", "de-DE", undefined, "espeak-ng de"],
  ["male", "en-US", "slt", "flite slt"],
  ["female", "en-US", "de", "espeak-ng de"],
] as const)("a %s voice of %s, asked for by the name %s, is %s", async (gender, language, voice, chosen) => {
  const runs: string[] = [];
  const provider = local(async ({ tool, parameters }) => {
    const at = parameters.indexOf(tool === "flite" ? "-voice" : "-v");
    if (at >= 0) runs.push(`${tool} ${parameters[at + 1]}`);
    return table;
  });
  const request: SpeechRequest = { text: "Hello", language, gender, voice };
  await provider.synthesize(request, "/nonexistent/x", new AbortController().signal);
  expect(runs).toEqual([chosen]);
});
