import { defineAction } from "../flow/action.ts";
import { noOption } from "../flow/option.ts";
import { stop } from "../flow/outcome.ts";

export default defineAction({
  type: "stop",
  summary: "Ends the flow at once; its call, if there is one, is hung up.",
  uses: [],
  option: noOption,
  examples: [{}],
  goesOn: () => false,
  run: () => stop(),
});
