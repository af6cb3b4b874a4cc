import fetchFlow from "../../src/actions/fetch_flow.ts";
import { testOption } from "../support/option.ts";

testOption(fetchFlow, {
  accepted: [[{ flow_id: "367e0e7a-3a8c-11eb-bb08-f3c3f059cfbe" }]],
  refused: [
    {},
    { flow_id: "" },
    { flow_id: "00000000-0000-0000-0000-000000000000" },
    { flow_id: "sales" },
    { flow_id: 5 },
    { flow_id: "367e0e7a-3a8c-11eb-bb08-f3c3f059cfbe", x: 1 },
  ],
});
