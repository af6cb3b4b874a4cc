import queueJoin from "../../src/actions/queue_join.ts";
import { testOption } from "../support/option.ts";

testOption(queueJoin, {
  accepted: [[{ queue_id: "367e0e7a-3a8c-11eb-bb08-f3c3f059cfbe" }]],
  refused: [
    {},
    { queue_id: "" },
    { queue_id: "00000000-0000-0000-0000-000000000000" },
    { queue_id: "sales" },
    { queue_id: 5 },
    { queue_id: "367e0e7a-3a8c-11eb-bb08-f3c3f059cfbe", x: 1 },
  ],
});
