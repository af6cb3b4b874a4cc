import { defineAction } from "../flow/action.ts";
import { noOption } from "../flow/option.ts";
import { next } from "../flow/outcome.ts";

export default defineAction({
  type: "answer",
  summary: "Answers an incoming call; nothing on a call that is answered already.",
  uses: ["call"],
  option: noOption,
  examples: [{}],
  answers: true,
  waitsForAnswer: true,
  async run({ call }) {
    await call.answer();
    return next;
  },
});
