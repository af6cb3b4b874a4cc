import { defineAction } from "../flow/action.ts";
import { noOption } from "../flow/option.ts";

export default defineAction({
  type: "external_media_stop",
  summary: "Stops every external media stream of the call.",
  uses: ["call"],
  option: noOption,
  examples: [{}],
});
