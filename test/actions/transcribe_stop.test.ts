import transcribeStop from "../../src/actions/transcribe_stop.ts";
import { testOption } from "../support/option.ts";

testOption(transcribeStop, {
  accepted: [[{}]],
  refused: [{ reference_id: "x" }],
});
