import { z } from "zod";
import { defineAction } from "../flow/action.ts";
import { language, maybe, orElse, resource } from "../flow/option.ts";
import { fork, next } from "../flow/outcome.ts";

const [REPLY, RESULT] = ["voipbin.chatbot.reply", "voipbin.chatbot.result"] as const;

export default defineAction({
  type: "chatbot_talk",
  summary: "Lets the caller talk with a chatbot, and interrupt it; answers the call first.",
  uses: ["call", "chatbots", "variables"],
  option: z.strictObject({
    chatbot_id: resource.describe("The chatbot."),
    gender: maybe(z.enum(["male", "female", "neutral"])).describe("The voice's gender, where there is a choice."),
    language: orElse("en-US", language).describe("Language, such as `en-US` or `en`."),
    duration: z.int().min(0).max(86_400).default(0).describe("How long it may last, s; 0 for no limit."),
  }),
  examples: [{ chatbot_id: "3f2b1c54-6f1e-4c0e-9d0a-0c2f3b9a7e11", language: "en-US", duration: 300 }],
  mentions: ({ chatbot_id }) => ({ chatbot_id: { kind: "chatbot", target: chatbot_id } }),
  sets: () => [REPLY, RESULT, "voipbin.tts.provider", "*"],
  brokenOff: (how, { memo }) => [[RESULT, how], ...(memo.chatbotcall_id === undefined ? ([[REPLY, ""]] as const) : [])],
  answers: true,
  waitsForAnswer: true,
  async run({ option, call, chatbots, variables, startedAtMs, memo }) {
    const chatbotcallId = await memo("chatbotcall_id", () => {
      // What an earlier chatbot said is not what this one says.
      variables.setAll([
        [REPLY, ""],
        [RESULT, ""],
      ]);
      return chatbots.newId();
    });
    await call.answer();
    const { chatbot_id: chatbotId, language, gender, duration } = option;
    const untilMs = duration === 0 ? Number.POSITIVE_INFINITY : startedAtMs + duration * 1_000;
    const { result, reply, actions } = await chatbots.talk({ chatbotId, chatbotcallId, language, gender, untilMs });
    variables.setAll([
      [REPLY, reply],
      [RESULT, result],
    ]);
    return actions.length > 0 ? fork(actions) : next;
  },
});
