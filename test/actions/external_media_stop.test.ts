import externalMediaStop from "../../src/actions/external_media_stop.ts";
import { testOption } from "../support/option.ts";

testOption(externalMediaStop, {
  accepted: [[{}]],
  refused: [{ reference_id: "x" }],
});
