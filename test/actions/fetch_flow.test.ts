import { expect, test } from "vitest";
import fetchFlow from "../../src/actions/fetch_flow.ts";
import type { Flow } from "../../src/model/flow.ts";
import { testOption } from "../support/option.ts";
import { createStep } from "../support/step.ts";

const flow_id = "367e0e7a-3a8c-11eb-bb08-f3c3f059cfbe";
const flow: Flow = {
  id: flow_id,
  customer_id: "b8573f30-b031-11ed-ac05-3bc9a62e64c3",
  name: "other",
  detail: "",
  actions: [{ id: "a", type: "answer", option: {} }],
  on_complete_flow_id: null,
  tm_create: "",
  tm_update: "",
};

test("fetch_flow runs the actions of the flow", async () => {
  const step = createStep(fetchFlow, { flow_id }, { flows: { [flow_id]: flow } });
  expect(await step.run()).toEqual({ kind: "fork", actions: flow.actions });
});

test("fetch_flow fails when there is no such flow", async () => {
  await expect(createStep(fetchFlow, { flow_id }).run()).rejects.toMatchObject({
    message: `there is no flow ${flow_id}`,
    remedy: expect.stringContaining("GET /v1.0/flows"),
  });
});

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
