import amdAction from "../../src/actions/amd.ts";
import { testOption } from "../support/option.ts";

testOption(amdAction, {
  accepted: [[{ machine_handle: "hangup" }, { async: false }], [{ machine_handle: "continue", async: true }]],
  refused: [{}, { machine_handle: "wait" }, { machine_handle: "hangup", async: "yes" }],
});
