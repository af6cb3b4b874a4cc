/** What `local` is when the operator gives it a model of speech. */
import type { Logger } from "pino";
import type { Config } from "./config.ts";
import { RecognitionProviderError } from "./providers/recognition/provider.ts";
import { demandLibrary } from "./providers/recognition/sherpa/library.ts";
import { type SpeechModel, speechModelIn } from "./providers/recognition/sherpa/model.ts";
import { type Sherpa, sherpa } from "./providers/recognition/sherpa/sherpa.ts";

export type LocalSpeech = { readonly model: SpeechModel; readonly provider: Sherpa };

type Settings = Pick<
  Config,
  "RINGDOWN_STT_LOCAL_MODEL_DIR" | "RINGDOWN_STT_LOCAL_LANGUAGES" | "RINGDOWN_STT_LOCAL_PAUSE_MS"
>;

/** Undefined when there is none. Nothing is loaded yet. @throws SpeechModelError when the one that is there can't be used. */
export async function localSpeech(settings: Settings): Promise<LocalSpeech | undefined> {
  const { RINGDOWN_STT_LOCAL_MODEL_DIR: directory, RINGDOWN_STT_LOCAL_LANGUAGES: languages } = settings;
  if (directory === undefined) return undefined;
  const [language] = languages.length === 1 ? languages : [];
  const model = await speechModelIn(directory, language?.split("-")[0]?.toLowerCase());
  demandLibrary();
  return { model, provider: sherpa({ model, languages, pauseMs: settings.RINGDOWN_STT_LOCAL_PAUSE_MS }) };
}

/** Calls don't wait for it: what is said meanwhile is understood afterwards. */
export async function loadSpeech(local: LocalSpeech | undefined, log: Logger): Promise<void> {
  if (!local) return;
  const { name, hints } = local.model;
  try {
    await local.provider.load();
    log.info({ model: name, takesHints: hints !== undefined }, "the speech model is loaded");
  } catch (error) {
    const remedy = error instanceof RecognitionProviderError ? error.remedy : undefined;
    log.error({ err: error, remedy }, "the speech model can't be used; other providers can");
  }
}
