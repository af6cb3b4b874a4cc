import type { ChatFault } from "../../ports/chatbot.ts";

/** What can be done about a recognizer that tells nothing of what the caller says. */
export const UNHEARD_REMEDY =
  "look whether the provider has an outage; if it has none, there may have been nothing but noise";

/** What can be done about a chatbot that has no answer. */
export const REMEDIES: Readonly<Record<ChatFault, string>> = {
  timeout: "look why the engine is slow; RINGDOWN_CHATBOT_DEADLINE_MS says how long it is waited for",
  unavailable: "look whether a server answers at engine_url, and whether it can be reached from here",
  credentials: "give the chatbot an engine_key that may be used there",
  quota: "raise the quota of the engine's account, or use another engine",
  refused:
    "look whether engine_url and engine_model are right, and whether RINGDOWN_ALLOW_PRIVATE_URLS allows that address",
  failed: "see the log; the engine answered what we do not understand",
};
