import { defineAction } from "../flow/action.ts";
import { noOption } from "../flow/option.ts";

export default defineAction({
  type: "transcribe_stop",
  summary: "Stops turning speech into text; nothing when none is running.",
  uses: ["call"],
  option: noOption,
  examples: [{}],
});
