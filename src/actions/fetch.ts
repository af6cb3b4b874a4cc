import { z } from "zod";
import { defineAction } from "../flow/action.ts";
import { orElse, webUrl } from "../flow/option.ts";

export default defineAction({
  type: "fetch",
  summary: "Gets a list of actions from a URL and runs it, then goes on.",
  uses: ["variables"],
  option: z.strictObject({
    event_url: webUrl.describe("Where the actions come from."),
    event_method: orElse("POST", z.enum(["GET", "POST"])).describe("How to ask: with a query, or with a JSON body."),
  }),
  examples: [{ event_method: "POST", event_url: "https://example.com/next-actions" }],
  sets: () => ["*"],
});
