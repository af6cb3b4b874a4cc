/** First argument of a channel in our application: why it is there. The dialplan gives `inbound`, we the others. */
export const OUTBOUND = "outbound";
/** Serves a call, such as the far end of an echo: the core knows nothing of it. */
export const SERVANT = "servant";

/** A text, on the one channel that Asterisk has for them all. */
export const TEXT = "text";

/** `app_data` of a channel in Stasis is what it was given: the application, then the arguments. */
export const applicationOf = (appData: string): string | undefined => appData.split(",")[0];
export const argumentsOf = (appData: string): readonly string[] => appData.split(",").slice(1);

/** The native format of a caller's audio, from a dialplan that tells it: so it need not be asked for in each call. */
export const nativeFormatOf = ([, , format]: readonly string[]): string | undefined => format || undefined;
