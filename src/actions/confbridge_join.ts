import { z } from "zod";
import { defineAction } from "../flow/action.ts";
import { resource } from "../flow/option.ts";
import { next } from "../flow/outcome.ts";

export default defineAction({
  type: "confbridge_join",
  summary: "Joins a conference bridge and waits until the call leaves it.",
  uses: ["conferencing"],
  option: z.strictObject({ confbridge_id: resource.describe("The conference bridge.") }),
  examples: [{ confbridge_id: "b3b9c7b8-3a8c-11eb-9d0f-6f2c0d9b3a51" }],
  mentions: ({ confbridge_id }) => ({ confbridge_id: { kind: "confbridge", target: confbridge_id } }),
  answers: true,
  async run({ option, conferencing }) {
    await conferencing.join(option.confbridge_id);
    return next;
  },
});
