import { expect, test } from "vitest";
import confbridgeJoin from "../../src/actions/confbridge_join.ts";
import { next } from "../../src/flow/outcome.ts";
import { testOption } from "../support/option.ts";
import { createStep } from "../support/step.ts";

const ID = "367e0e7a-3a8c-11eb-bb08-f3c3f059cfbe";

test("the call is in the confbridge until it is out, then the flow goes on", async () => {
  const step = createStep(confbridgeJoin, { confbridge_id: ID });
  expect(await step.run()).toEqual(next);
  expect(step.log).toEqual([`conferencing.join ${ID}`]);
});

testOption(confbridgeJoin, {
  accepted: [[{ confbridge_id: ID }]],
  refused: [
    {},
    { confbridge_id: "" },
    { confbridge_id: "00000000-0000-0000-0000-000000000000" },
    { confbridge_id: "sales" },
    { confbridge_id: 5 },
    { confbridge_id: ID, x: 1 },
  ],
});
