import { defineAction } from "../flow/action.ts";
import { noOption } from "../flow/option.ts";
import { next } from "../flow/outcome.ts";

export default defineAction({
  type: "recording_stop",
  summary: "Stops the recording; nothing when none is running.",
  uses: ["recorder"],
  option: noOption,
  examples: [{}],
  async run({ recorder }) {
    await recorder.stop();
    return next;
  },
});
