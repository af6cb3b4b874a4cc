import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import { afterAll, describe } from "vitest";
import { startDecoder } from "../../src/providers/recognition/sherpa/decoder-process.ts";
import { speechModelIn } from "../../src/providers/recognition/sherpa/model.ts";
import { sherpa } from "../../src/providers/recognition/sherpa/sherpa.ts";
import { type RecognitionTrouble, recognitionSuite } from "./recognition-suite.ts";

const MODELS = join(import.meta.dirname, "../fixtures/speech-models");
/** What befalls a process that decodes; when it has been stopped, it is taken for stuck. */
const SIGNALS = { death: "SIGKILL", stall: "SIGSTOP" } as const;
const STUCK_MS = 1_500;

for (const kind of ["streaming-ctc", "streaming-transducer", "offline-ctc"]) {
  const processes = new Set<ChildProcess>();
  let trouble: keyof typeof SIGNALS | undefined;
  const start = () => {
    const child = startDecoder();
    processes.add(child.once("exit", () => processes.delete(child)));
    if (trouble) child.kill(SIGNALS[trouble]);
    return child;
  };
  afterAll(() => {
    for (const child of processes) child.kill("SIGKILL");
  });
  const begin = async (what: RecognitionTrouble) => {
    if (what !== "death" && what !== "stall") throw new Error(`${what} can't befall it`);
    trouble = what;
    for (const child of processes) child.kill(SIGNALS[what]);
    return async () => {
      trouble = undefined;
    };
  };
  const model = await speechModelIn(join(MODELS, kind));
  const provider = sherpa({ model, pauseMs: 600, start, stuckMs: STUCK_MS });
  describe(`a ${model.name} model`, () =>
    recognitionSuite({ provider, faults: { death: "unavailable", stall: "timeout" }, begin }));
}
