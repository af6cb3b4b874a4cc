import callAction from "../../src/actions/call.ts";
import { testOption } from "../support/option.ts";

testOption(callAction, {
  accepted: [
    [
      { destinations: [{ type: "tel", target: "+4930123456" }], flow_id: "367e0e7a-3a8c-11eb-bb08-f3c3f059cfbe" },
      { chained: false, early_execution: false },
    ],
    [
      {
        source: { type: "tel", target: "+4930123456" },
        destinations: [
          { type: "tel", target: "+4930123456" },
          { type: "tel", target: "+4930123456" },
        ],
        flow_id: "",
        actions: [],
        chained: true,
        early_execution: true,
      },
      { flow_id: undefined, actions: [] },
    ],
  ],
  refused: [
    { destinations: [{ type: "tel", target: "+4930123456" }] },
    { destinations: [{ type: "tel", target: "+4930123456" }], flow_id: "00000000-0000-0000-0000-000000000000" },
    { destinations: [], flow_id: "367e0e7a-3a8c-11eb-bb08-f3c3f059cfbe" },
    { flow_id: "367e0e7a-3a8c-11eb-bb08-f3c3f059cfbe" },
    { destinations: [{ type: "fax", target: "1" }], flow_id: "367e0e7a-3a8c-11eb-bb08-f3c3f059cfbe" },
    { destinations: [{ type: "tel", target: "+4930123456" }], actions: {} },
    {
      destinations: [{ type: "tel", target: "+4930123456" }],
      flow_id: "367e0e7a-3a8c-11eb-bb08-f3c3f059cfbe",
      chained: 1,
    },
  ],
});
