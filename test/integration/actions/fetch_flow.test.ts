import { expect, test } from "vitest";
import { tonesHeard } from "../../support/call.ts";
import { type FlowAction, startLab } from "../../support/lab.ts";
import { aftermathOf, crash, longPrompt, prompt } from "./support.ts";

const lab = await startLab();

test("fetch_flow runs another flow, also inside that one, and goes on", async () => {
  const inner = await lab.flow([prompt(lab, 620)]);
  const outer = await lab.flow([prompt(lab, 440), fetchFlow(inner), prompt(lab, 850)]);
  const call = await lab.call([fetchFlow(outer), prompt(lab, 440)]);
  await call.ended();
  expect(tonesHeard(call)).toEqual([440, 620, 850, 440]);
  expect((await aftermathOf(lab, call.number)).endedReason).toBe("finished");
});

test("a flow that is not there is recorded, and the caller goes on", async () => {
  const missing = "212a32a8-9529-11ec-8bf0-8b89df407b6e";
  const call = await lab.call([fetchFlow(missing), prompt(lab, 440)]);
  await call.ended();
  expect(tonesHeard(call)).toEqual([440]);
  const failed = (await aftermathOf(lab, call.number)).facts("action_failed");
  expect(failed).toMatchObject([{ action: "fetch_flow", message: `there is no flow ${missing}` }]);
});

test("killed within the other flow, the call goes on there, and then after it", async () => {
  const flow = await lab.flow([longPrompt(lab, 620, 3_000), prompt(lab, 850)]);
  const call = await lab.call([{ type: "answer" }, fetchFlow(flow), prompt(lab, 440)]);
  await call.heard(620);
  await crash(lab);
  await call.heard(440);
  await call.ended();
  expect(tonesHeard(call)).toEqual([620, 850, 440]);
});

const fetchFlow = (flow_id: string): FlowAction => ({ type: "fetch_flow", option: { flow_id } });
