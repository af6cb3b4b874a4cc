import { expect, test } from "vitest";
import { startLab } from "../support/lab.ts";
import { nextAddress } from "../support/loopback.ts";
import { refusedScenario } from "../support/sipp/callers.ts";
import { runSipp } from "../support/sipp/run.ts";

const lab = await startLab({ environment: { RINGDOWN_LOG_LEVEL: "warn" } });
const CALLS = 1_000;

test("a flow is deleted while a thousand callers come: each is served by it or told that the number is none", async () => {
  const id = await lab.flow([{ type: "hangup", option: { reason: "busy" } }]);
  const number = "777000";
  await lab.api.post("/numbers", { number, call_flow_id: id });
  const flood = runSipp({
    scenario: refusedScenario([404, 486]),
    address: nextAddress(),
    server: { address: lab.asterisk.address, port: 5060 },
    number,
    calls: CALLS,
    callsPerSecond: 100,
  });
  await lab.recordOf(number);
  expect(await lab.api.request("DELETE", `/flows/${id}`)).toMatchObject({ status: 200 });
  const { passed, messages, errors } = await flood;
  expect(errors).toBe("");
  expect(passed).toBe(true);
  expect(messages).toContain("SIP/2.0 486 ");
  expect(messages).toContain("SIP/2.0 404 ");
});
