import { z } from "zod";
import { defineAction } from "../flow/action.ts";
import { language, maybe, orElse, resource } from "../flow/option.ts";

export default defineAction({
  type: "chatbot_talk",
  summary: "Lets the caller talk with a chatbot.",
  uses: ["call", "speech"],
  option: z.strictObject({
    chatbot_id: resource.describe("The chatbot."),
    gender: maybe(z.enum(["male", "female", "neutral"])).describe("The voice's gender, where there is a choice."),
    language: orElse("en-US", language).describe("Language, such as `en-US` or `en`."),
    duration: z.int().min(0).max(86_400).default(0).describe("How long it may last, s; 0 for no limit."),
  }),
  examples: [{ chatbot_id: "3f2b1c54-6f1e-4c0e-9d0a-0c2f3b9a7e11", language: "en-US", duration: 300 }],
  sets: () => ["*"],
  wantsAnswer: true,
});
