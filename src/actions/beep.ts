import { defineAction } from "../flow/action.ts";
import { ActionError } from "../flow/action-error.ts";
import { noOption } from "../flow/option.ts";
import { next } from "../flow/outcome.ts";

export default defineAction({
  type: "beep",
  summary: "Plays a beep and waits for its end; before the answer of a call that came in, as early media.",
  uses: ["call"],
  option: noOption,
  examples: [{}],
  wantsAnswer: true,
  waitsForAnswer: true,
  async run({ call }) {
    const end = await call.play([{ kind: "builtin", uri: "sound:beep" }]);
    if (end === "failed") throw new ActionError("the beep could not be played");
    return next;
  },
});
