import { z } from "zod";
import { defineAction } from "../flow/action.ts";
import { resource } from "../flow/option.ts";

export default defineAction({
  type: "agent_call",
  summary: "Rings an agent's phones and connects the first that answers.",
  deprecated: "Use `connect` with a destination of type `agent` instead.",
  uses: ["call"],
  option: z.strictObject({ agent_id: resource.describe("The agent.") }),
  examples: [{ agent_id: "eb1ac5c0-ff63-47e2-bcdb-5da9c336eb4b" }],
});
