import { expect, test } from "vitest";
import { startLab } from "../../support/lab.ts";

const lab = await startLab();

test("a flow answers a real call, is heard, and is on record", async () => {
  const call = await lab.call([{ type: "answer" }, { type: "beep" }, { type: "hangup" }]);
  expect(await call.ended()).toMatchObject({ by: "them" });
  expect(call.statuses()).toContain(200);
  expect(call.lastSoundMs()).toBeGreaterThan(0);
  expect(await lab.recordOf(call.number)).toMatchObject({ direction: "incoming" });
  expect(await lab.timelineOf(call.number)).toContainEqual(expect.objectContaining({ type: "call_answered" }));
});

test("a killed Ringdown is started again with its flows", async () => {
  const number = await lab.route([{ type: "answer" }, { type: "hangup" }]);
  await lab.ringdown.kill();
  await lab.ringdown.start();
  const call = await lab.dial(number);
  await call.ended();
  expect(call.statuses()).toContain(200);
});

test("a stopped Ringdown, too", async () => {
  const number = await lab.route([{ type: "answer" }, { type: "hangup" }]);
  await lab.ringdown.stop();
  await lab.ringdown.start();
  const call = await lab.dial(number);
  await call.ended();
  expect(call.statuses()).toContain(200);
});
