import conferenceJoin from "../../src/actions/conference_join.ts";
import { testOption } from "../support/option.ts";

testOption(conferenceJoin, {
  accepted: [[{ conference_id: "367e0e7a-3a8c-11eb-bb08-f3c3f059cfbe" }]],
  refused: [
    {},
    { conference_id: "" },
    { conference_id: "00000000-0000-0000-0000-000000000000" },
    { conference_id: "sales" },
    { conference_id: 5 },
    { conference_id: "367e0e7a-3a8c-11eb-bb08-f3c3f059cfbe", x: 1 },
  ],
});
