import recordingStop from "../../src/actions/recording_stop.ts";
import { testOption } from "../support/option.ts";

testOption(recordingStop, {
  accepted: [[{}]],
  refused: [{ reference_id: "x" }],
});
