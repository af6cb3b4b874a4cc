import { expect, test } from "vitest";
import callAction from "../../src/actions/call.ts";
import { ActionError } from "../../src/flow/action-error.ts";
import { next } from "../../src/flow/outcome.ts";
import { testOption } from "../support/option.ts";
import { createStep } from "../support/step.ts";

const destinations = [{ type: "sip", target: "sip:bob@example.com" }];

test("call places calls with actions of their own, and does not wait for them", async () => {
  const actions = [{ id: "hi", type: "beep" }];
  const step = createStep(callAction, { destinations, actions, chained: true, early_execution: true });
  expect(await step.run()).toEqual(next);
  expect(step.log).toHaveLength(1);
  expect(JSON.parse(step.log[0]?.replace("originator.place ", "") ?? "")).toEqual({
    destinations,
    chained: true,
    earlyExecution: true,
    flowId: null,
    actions: [{ id: "hi", type: "beep", option: {} }],
    onCompleteFlowId: null,
  });
});

test("call of a flow that there is not fails, and calls nobody", async () => {
  const step = createStep(callAction, { destinations, flow_id: "367e0e7a-3a8c-11eb-bb08-f3c3f059cfbe" });
  await expect(step.run()).rejects.toThrow(ActionError);
  expect(step.log).toEqual([]);
});

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
