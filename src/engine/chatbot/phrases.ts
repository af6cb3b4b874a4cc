/** What a caller is told when the chatbot has nothing to say, in the caller's language. */

type Phrases = {
  /** It is thinking. */
  readonly wait: string;
  /** What was said was not understood. */
  readonly again: string;
  /** Is anybody there? */
  readonly there: string;
  /** It has failed, and tries once more. */
  readonly sorry: string;
};

const ENGLISH: Phrases = {
  wait: "One moment, please.",
  again: "Sorry, I did not understand you. Please say that again.",
  there: "Are you still there?",
  sorry: "I am sorry, something went wrong. One moment, please.",
};

/** By the first part of the language's tag. */
const PHRASES: Readonly<Record<string, Phrases>> = {
  en: ENGLISH,
  de: {
    wait: "Einen Moment bitte.",
    again: "Entschuldigung, das habe ich nicht verstanden. Bitte sagen Sie es noch einmal.",
    there: "Sind Sie noch da?",
    sorry: "Entschuldigung, da ist etwas schiefgegangen. Einen Moment bitte.",
  },
  fr: {
    wait: "Un instant, s'il vous plaît.",
    again: "Pardon, je n'ai pas compris. Pouvez-vous répéter ?",
    there: "Êtes-vous toujours là ?",
    sorry: "Je suis désolé, il y a eu un problème. Un instant, s'il vous plaît.",
  },
  es: {
    wait: "Un momento, por favor.",
    again: "Perdone, no le he entendido. ¿Puede repetirlo?",
    there: "¿Sigue ahí?",
    sorry: "Lo siento, algo ha fallado. Un momento, por favor.",
  },
  it: {
    wait: "Un momento, per favore.",
    again: "Mi scusi, non ho capito. Può ripetere?",
    there: "È ancora in linea?",
    sorry: "Mi dispiace, qualcosa è andato storto. Un momento, per favore.",
  },
  pt: {
    wait: "Um momento, por favor.",
    again: "Desculpe, não entendi. Pode repetir?",
    there: "Ainda está aí?",
    sorry: "Desculpe, algo correu mal. Um momento, por favor.",
  },
  nl: {
    wait: "Een ogenblik, alstublieft.",
    again: "Sorry, dat heb ik niet verstaan. Kunt u het herhalen?",
    there: "Bent u er nog?",
    sorry: "Sorry, er ging iets mis. Een ogenblik, alstublieft.",
  },
  pl: {
    wait: "Chwileczkę, proszę.",
    again: "Przepraszam, nie zrozumiałem. Proszę powtórzyć.",
    there: "Czy nadal pan lub pani tam jest?",
    sorry: "Przepraszam, coś poszło nie tak. Chwileczkę, proszę.",
  },
  ko: {
    wait: "잠시만 기다려 주세요.",
    again: "죄송합니다. 잘 못 들었습니다. 다시 말씀해 주세요.",
    there: "아직 계신가요?",
    sorry: "죄송합니다. 문제가 생겼습니다. 잠시만 기다려 주세요.",
  },
  ja: {
    wait: "少々お待ちください。",
    again: "申し訳ありません。もう一度おっしゃってください。",
    there: "もしもし、聞こえますか。",
    sorry: "申し訳ありません。問題が発生しました。少々お待ちください。",
  },
  zh: {
    wait: "请稍等。",
    again: "对不起，我没有听懂，请再说一遍。",
    there: "您还在吗？",
    sorry: "对不起，出了点问题，请稍等。",
  },
};

export type Phrase = keyof Phrases;

/** A phrase and the language that it is in: English where nobody has translated it. */
export function phraseIn(language: string, phrase: Phrase): { readonly text: string; readonly language: string } {
  const [tongue = ""] = language.toLowerCase().split("-");
  const phrases = Object.hasOwn(PHRASES, tongue) ? PHRASES[tongue] : undefined;
  return phrases ? { text: phrases[phrase], language } : { text: ENGLISH[phrase], language: "en-US" };
}
