import { z } from "zod";
import { defineAction } from "../flow/action.ts";
import { quote } from "../flow/fault.ts";
import { resource } from "../flow/option.ts";
import { stop } from "../flow/outcome.ts";
import { StorageError } from "../ports/storage-error.ts";

export default defineAction({
  type: "hangup_relay",
  summary: "Hangs up the call for the reason for which another call has ended.",
  uses: ["call", "calls", "timeline"],
  option: z.strictObject({
    reference_id: resource.describe("The other call. While it has not ended, or is not known, the reason is `normal`."),
  }),
  // Whatever a variable has come to, the caller is hung up: nobody may have answered whom it should name.
  optionAtRun: z.strictObject({ reference_id: z.string().toLowerCase() }),
  examples: [{ reference_id: "b8573f30-b031-11ed-ac05-3bc9a62e64c3" }],
  goesOn: () => false,
  async run({ option: { reference_id }, calls, timeline }) {
    const note = (message: string) => timeline.add("note", { message: `${message}: the reason is normal` });
    const other = await calls.find(reference_id).catch((error) => {
      if (!(error instanceof StorageError)) throw error;
      // The caller is not kept on the line for that.
      note(`the other call could not be looked up: ${error.message}`);
      return null;
    });
    if (other === undefined) note(`there is no such call as reference_id names, ${quote(reference_id)}`);
    if (other?.status !== "hangup") return stop("normal");
    // Cause 0 says nothing.
    return stop(other.hangup_reason ?? "normal", other.hangup_cause || undefined);
  },
});
