import hangupRelay from "../../src/actions/hangup_relay.ts";
import { testOption } from "../support/option.ts";

testOption(hangupRelay, {
  accepted: [[{ reference_id: "367e0e7a-3a8c-11eb-bb08-f3c3f059cfbe" }]],
  refused: [
    {},
    { reference_id: "" },
    { reference_id: "00000000-0000-0000-0000-000000000000" },
    { reference_id: "sales" },
    { reference_id: 5 },
    { reference_id: "367e0e7a-3a8c-11eb-bb08-f3c3f059cfbe", x: 1 },
  ],
});
