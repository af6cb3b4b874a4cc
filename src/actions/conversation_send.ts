import { z } from "zod";
import { defineAction } from "../flow/action.ts";
import { resource } from "../flow/option.ts";

export default defineAction({
  type: "conversation_send",
  summary: "Sends a text to a conversation.",
  uses: [],
  option: z.strictObject({
    conversation_id: resource.describe("The conversation."),
    text: z.string().min(1).max(32_768).describe("What to send."),
    sync: z.boolean().default(false).describe("Whether to wait for the result of the delivery."),
  }),
  examples: [
    {
      conversation_id: "b5ef5e64-f7ca-11ec-bbe9-9f74186a2a72",
      text: "hello world, this is test message.",
      sync: false,
    },
  ],
});
