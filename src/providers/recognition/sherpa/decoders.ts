import type { ChildProcess } from "node:child_process";
import { RecognitionProviderError } from "../provider.ts";
import { type DecoderProcess, decoderProcess, startDecoder } from "./decoder-process.ts";
import { INSTALL, LIBRARY } from "./library.ts";
import type { SpeechModel } from "./model.ts";

/** A large model from a slow disk. */
const LOAD_MS = 120_000;
const WHOLE =
  "look whether the files of RINGDOWN_STT_LOCAL_MODEL_DIR are whole and belong together, or take another model";

/** A process that has loaded the model: started when it is first wanted, and anew after its end. */
export function decodersOf(model: SpeechModel, pauseMs: number, start: () => ChildProcess = startDecoder) {
  let current: { readonly process: DecoderProcess; readonly loaded: Promise<unknown> } | undefined;
  return {
    /** @throws RecognitionProviderError when the model can't be loaded. */
    async get(): Promise<DecoderProcess> {
      if (!current || current.process.hasEnded) {
        const process = decoderProcess(start());
        current = { process, loaded: process.ask({ kind: "load", model, pauseMs }, LOAD_MS) };
      }
      const { process, loaded } = current;
      try {
        await loaded;
        return process;
      } catch (error) {
        if (current?.process === process) current = undefined;
        process.end();
        throw failureOf(error);
      }
    },
  };
}

/** A model that displeases the library ends the process; only signals of these kinds come from elsewhere. */
function failureOf(error: unknown): unknown {
  if (!(error instanceof RecognitionProviderError) || error.fault === "timeout") return error;
  // It has looked for the part that is built for this machine.
  if (error.message.includes(LIBRARY)) {
    return new RecognitionProviderError("unavailable", error.message, INSTALL, { cause: error });
  }
  if (/with SIG(KILL|TERM)/.test(error.message)) return error;
  return new RecognitionProviderError("refused", `the model can't be loaded: ${error.message}`, WHOLE, {
    cause: error,
  });
}
