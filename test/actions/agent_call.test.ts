import agentCall from "../../src/actions/agent_call.ts";
import { testOption } from "../support/option.ts";

testOption(agentCall, {
  accepted: [[{ agent_id: "367e0e7a-3a8c-11eb-bb08-f3c3f059cfbe" }]],
  refused: [
    {},
    { agent_id: "" },
    { agent_id: "00000000-0000-0000-0000-000000000000" },
    { agent_id: "sales" },
    { agent_id: 5 },
    { agent_id: "367e0e7a-3a8c-11eb-bb08-f3c3f059cfbe", x: 1 },
  ],
});
