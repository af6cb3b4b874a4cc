import { z } from "zod";
import { defineAction } from "../flow/action.ts";
import { resource } from "../flow/option.ts";

export default defineAction({
  type: "conference_join",
  summary: "Joins a conference, with the flows that it has before and after, and waits until the call leaves it.",
  uses: ["call"],
  option: z.strictObject({ conference_id: resource.describe("The conference.") }),
  examples: [{ conference_id: "367e0e7a-3a8c-11eb-bb08-f3c3f059cfbe" }],
  sets: () => ["*"],
  wantsAnswer: true,
});
