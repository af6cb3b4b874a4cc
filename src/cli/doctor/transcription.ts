import type { Config } from "../../config.ts";
import { localSpeech } from "../../local-speech.ts";
import { RecognitionProviderError } from "../../providers/recognition/provider.ts";
import { SpeechModelError } from "../../providers/recognition/sherpa/model.ts";
import { doubt, type Finding, fault, fine } from "./finding.ts";

const CHECK = "transcription";

/** Whether the model of `local` can be used, if there is one: loads it, as calls do. */
export async function checkTranscription(config: Config): Promise<readonly Finding[]> {
  const unused = config.RINGDOWN_STT_LOCAL_URL !== undefined && config.RINGDOWN_STT_LOCAL_MODEL_DIR !== undefined;
  const finding = await checkModel(config);
  return [
    ...(finding ? [finding] : []),
    ...(unused
      ? [
          doubt(
            CHECK,
            "RINGDOWN_STT_LOCAL_URL is not used",
            "unset it, or RINGDOWN_STT_LOCAL_MODEL_DIR, which comes first",
          ),
        ]
      : []),
  ];
}

async function checkModel(config: Config): Promise<Finding | undefined> {
  try {
    const local = await localSpeech(config);
    if (!local) return undefined;
    await local.provider.load();
    const { name, hints } = local.model;
    return fine(CHECK, `local is a ${name} model; it ${hints ? "takes" : "does not take"} hints`);
  } catch (error) {
    if (!(error instanceof SpeechModelError || error instanceof RecognitionProviderError)) throw error;
    return fault(CHECK, error.message, error.remedy);
  }
}
