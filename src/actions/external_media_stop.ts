import { defineAction } from "../flow/action.ts";
import { noOption } from "../flow/option.ts";
import { next } from "../flow/outcome.ts";

export default defineAction({
  type: "external_media_stop",
  summary: "Stops every external media stream of the call.",
  uses: ["externalMedia"],
  option: noOption,
  examples: [{}],
  async run({ externalMedia }) {
    await externalMedia.stop();
    return next;
  },
});
