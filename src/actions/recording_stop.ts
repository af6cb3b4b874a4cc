import { defineAction } from "../flow/action.ts";
import { noOption } from "../flow/option.ts";

export default defineAction({
  type: "recording_stop",
  summary: "Stops the recording; nothing when none is running.",
  uses: ["call"],
  option: noOption,
  examples: [{}],
});
