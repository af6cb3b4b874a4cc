import type { EngineServices } from "../../src/engine/engine.ts";

const none = (): never => {
  throw new Error("no chatbots in this test");
};

/** Nobody thinks, and nobody speaks. */
export const noChatbots: Pick<EngineServices, "voice" | "chatEngine" | "chatSettings"> = {
  voice: { pronounce: async () => none() },
  chatEngine: { opens: none, hints: none, isFreeToAsk: none, confirm: none, reply: none },
  chatSettings: { waitMs: 4_000, idleMs: 15_000, deadlineMs: 20_000, thinksAhead: true },
};
