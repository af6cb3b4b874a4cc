import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { createCallScope } from "../../src/engine/call-scope.ts";
import { hangUp } from "../../src/engine/hang-up.ts";
import { systemClock as clock } from "../../src/providers/system/clock.ts";
import { aCall } from "../http/support/call.ts";
import { channelOf, type FakeTelephony, fakeTelephony } from "./fake-telephony.ts";

const BUSY = 17;

function talking(save: () => Promise<void>) {
  const calls = { save } as unknown as Parameters<typeof createCallScope>[1]["calls"];
  const background = (work: Promise<unknown>) => void work.catch(() => undefined);
  const scope = createCallScope(aCall({ channel_id: "c1", status: "progressing" }), { calls, clock, background });
  const telephony: FakeTelephony = fakeTelephony();
  telephony.present.set("c1", channelOf("c1", "1000"));
  telephony.onEvent(() => scope.left());
  return { scope, telephony };
}

test("that the hangup is ours is stored before the switch is asked, by whoever asks first", async () => {
  let stored = () => {};
  const { scope, telephony } = talking(() => new Promise((resolve) => (stored = resolve)));
  const both = [hangUp(scope, telephony, "busy"), hangUp(scope, telephony)];
  await nextTurn();
  expect(telephony.asked).toEqual([]);
  stored();
  await Promise.all(both);
  expect(telephony.asked[0]).toBe(`hangup c1 ${BUSY}`);
  expect(scope.call).toMatchObject({ hangup_by: "local", hangup_reason: "busy", hangup_cause: BUSY });
});

test("a storage that refuses keeps nobody on the line", async () => {
  const { scope, telephony } = talking(() => Promise.reject(new Error("refused")));
  await hangUp(scope, telephony);
  expect(telephony.asked).toHaveLength(1);
});

test("who leaves while that is stored needs no hangup", async () => {
  const { scope, telephony } = talking(async () => {});
  const hangingUp = hangUp(scope, telephony);
  scope.left();
  await hangingUp;
  expect(telephony.asked).toEqual([]);
});
