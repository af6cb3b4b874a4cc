import { expect, test } from "vitest";
import agentCall from "../../src/actions/agent_call.ts";
import { next } from "../../src/flow/outcome.ts";
import { testOption } from "../support/option.ts";
import { createStep } from "../support/step.ts";

test("agent_call connects with the agent, and the flow goes on when the agent does not answer", async () => {
  const step = createStep(agentCall, { agent_id: "367e0e7a-3a8c-11eb-bb08-f3c3f059cfbe" });
  expect(await step.run()).toEqual(next);
  expect(step.log).toEqual(["connector.connect agent:367e0e7a-3a8c-11eb-bb08-f3c3f059cfbe for 60000 ms"]);
  expect(Object.fromEntries(step.variables)).toMatchObject({ "voipbin.connect.status": "noanswer" });
});

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
