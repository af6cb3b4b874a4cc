import { defineAction } from "../flow/action.ts";
import { noOption } from "../flow/option.ts";
import { next } from "../flow/outcome.ts";

export default defineAction({
  type: "transcribe_stop",
  summary:
    "Stops turning speech into text; nothing when none is running. What was said until then is still understood.",
  uses: ["transcribing"],
  option: noOption,
  examples: [{}],
  async run({ transcribing }) {
    await transcribing.stop();
    return next;
  },
});
