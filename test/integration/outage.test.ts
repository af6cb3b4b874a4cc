import { expect, test } from "vitest";
import { z } from "zod";
import { promptsHeard } from "../support/call.ts";
import { eventually } from "../support/eventually.ts";
import { startLab } from "../support/lab.ts";
import { tonePrompt } from "../support/records.ts";
import { startRingdown } from "../support/ringdown.ts";

const lab = await startLab();
const TONE = 620;

const readinessSchema = z.object({
  ready: z.boolean(),
  faults: z.array(z.object({ component: z.string(), reason: z.string() })),
});
const readiness = async () => {
  const response = await fetch(`${lab.api.base}/readyz`);
  return { status: response.status, ...readinessSchema.parse(await response.json()) };
};

test("away for long, the caller hears that nobody is there; back again, the next one is served", async () => {
  const number = await lab.route([{ type: "answer" }, tonePrompt(lab, TONE)]);
  await lab.ringdown.kill();
  await lab.asterisk.cli("dialplan set global RINGDOWN_HEARTBEAT 1");
  const call = await lab.dial(number);
  await eventually("the announcement", () => call.lastSoundMs() > 0);
  expect(call.statuses()).toEqual([100, 183]);
  await call.hangup();
  await lab.ringdown.start();
  const next = await lab.dial(number);
  await next.ended();
  expect(promptsHeard(next)).toEqual([TONE]);
});

test("Asterisk is absent at the start: the interface answers and says what is missing, until it comes", async () => {
  await lab.ringdown.stop();
  await lab.asterisk.stop();
  {
    await using early = await startRingdown({ asterisk: lab.asterisk, awaits: "/healthz" });
    expect(await readiness()).toMatchObject({
      status: 503,
      ready: false,
      faults: [{ component: "accounts" }, { component: "trunks" }, { component: "asterisk" }],
    });
    const { id } = await early.api.post("/flows", { actions: [{ type: "answer" }, tonePrompt(lab, TONE)] });
    await early.api.post("/numbers", { number: "300010", call_flow_id: id });
    await lab.asterisk.start();
    await eventually("readiness", async () => (await readiness()).status === 200);
    const call = await lab.dial("300010");
    await call.ended();
    expect(promptsHeard(call)).toEqual([TONE]);
  }
  await lab.ringdown.start();
});
