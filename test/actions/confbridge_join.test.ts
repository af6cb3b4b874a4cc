import confbridgeJoin from "../../src/actions/confbridge_join.ts";
import { testOption } from "../support/option.ts";

testOption(confbridgeJoin, {
  accepted: [[{ confbridge_id: "367e0e7a-3a8c-11eb-bb08-f3c3f059cfbe" }]],
  refused: [
    {},
    { confbridge_id: "" },
    { confbridge_id: "00000000-0000-0000-0000-000000000000" },
    { confbridge_id: "sales" },
    { confbridge_id: 5 },
    { confbridge_id: "367e0e7a-3a8c-11eb-bb08-f3c3f059cfbe", x: 1 },
  ],
});
