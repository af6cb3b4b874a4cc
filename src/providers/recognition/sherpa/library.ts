import { createRequire } from "node:module";
import { SpeechModelError } from "./model.ts";

/** An optional dependency: there are builds for most machines, not for all. */
export const LIBRARY = "sherpa-onnx-node";

export const INSTALL = `npm install ${LIBRARY}: it is there for Linux (glibc), macOS and Windows; without it, unset RINGDOWN_STT_LOCAL_MODEL_DIR`;

const { resolve: find } = createRequire(import.meta.url);

/** @throws SpeechModelError when the library that uses models isn't installed. */
export function demandLibrary(resolve: (name: string) => string = find): void {
  try {
    resolve(LIBRARY);
  } catch {
    throw new SpeechModelError(`${LIBRARY} is not installed, which speech models need`, INSTALL);
  }
}
