import { z } from "zod";
import { defineAction } from "../flow/action.ts";
import { resource } from "../flow/option.ts";

export default defineAction({
  type: "queue_join",
  summary: "Puts the caller into a queue until an agent has answered and the talk is over.",
  uses: ["call", "variables"],
  option: z.strictObject({ queue_id: resource.describe("The queue.") }),
  examples: [{ queue_id: "99bf739a-932f-433c-b1bf-103d33d7e9bb" }],
  sets: () => ["*"],
  wantsAnswer: true,
});
