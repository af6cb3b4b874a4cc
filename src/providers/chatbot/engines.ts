import type { ChatbotEngine } from "../../model/chatbot.ts";
import type { ChatEngine } from "../../ports/chatbot.ts";

/** All engines as one: each chatbot is asked by its own. */
export const chatEngines = (engines: Readonly<Record<ChatbotEngine, ChatEngine>>): ChatEngine => ({
  opens: (chatbot) => engines[chatbot.engine_type].opens(chatbot),
  isFreeToAsk: (chatbot) => engines[chatbot.engine_type].isFreeToAsk(chatbot),
  confirm: (request) => engines[request.chatbot.engine_type].confirm(request),
  hints: (chatbot) => engines[chatbot.engine_type].hints(chatbot),
  reply: (request, signal) => engines[request.chatbot.engine_type].reply(request, signal),
});
