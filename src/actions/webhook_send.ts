import { z } from "zod";
import { defineAction } from "../flow/action.ts";
import { orElse, webUrl } from "../flow/option.ts";

export default defineAction({
  type: "webhook_send",
  summary: "Sends an HTTP request; when it waits for the answer, the answer's fields become variables.",
  uses: ["variables"],
  option: z.strictObject({
    sync: z.boolean().default(false).describe("Whether to wait for the answer and take its fields as variables."),
    uri: webUrl.describe("Where to send it."),
    method: orElse("POST", z.enum(["POST", "GET", "PUT", "DELETE"])).describe("How to send it."),
    data_type: orElse(
      "application/json",
      z
        .string()
        .max(255)
        .regex(/^[\w.+-]+\/[\w.+-]+( *;.*)?$/, "a content type, such as application/json"),
    ).describe("Its content type."),
    data: z.string().max(262_144).default("").describe("Its body, as text."),
  }),
  examples: [
    {
      sync: true,
      uri: "https://example.com/calls",
      method: "POST",
      data_type: "application/json",
      data: '{"destination_number": "${voipbin.call.destination.target}"}',
    },
  ],
  sets: ({ sync }) => (sync ? ["*"] : []),
});
