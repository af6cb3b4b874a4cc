import { z } from "zod";
import { defineAction } from "../flow/action.ts";
import { resource } from "../flow/option.ts";

export default defineAction({
  type: "hangup_relay",
  summary: "Hangs up the call for the reason for which another call has ended.",
  uses: ["call"],
  option: z.strictObject({ reference_id: resource.describe("The other call.") }),
  examples: [{ reference_id: "b8573f30-b031-11ed-ac05-3bc9a62e64c3" }],
  goesOn: () => false,
});
