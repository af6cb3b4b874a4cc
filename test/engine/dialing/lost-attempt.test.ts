/** A call through trunks whose channel is gone when the switch is compared, with no news of why. */
import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import { systemClock as clock } from "../../../src/providers/system/clock.ts";
import { openStorage } from "../../../src/storage/open-storage.ts";
import { eventually } from "../../support/eventually.ts";
import { fakeTelephony } from "../fake-telephony.ts";
import { startEngine } from "../one-call.ts";
import { aTrunk } from "./trunks.ts";

test("after a crash, it is tried by the next trunk", async () => {
  const storage = await openStorage("sqlite::memory:", { log: pino({ level: "silent" }), clock });
  const customer_id = storage.defaultCustomerId;
  const [first, second] = [aTrunk({ customer_id, priority: 1 }), aTrunk({ customer_id, priority: 2 })];
  for (const trunk of [first, second]) await storage.trunks.create(trunk);
  let telephony = fakeTelephony();
  const start = () => startEngine({ storage, telephony, allowedNumbers: ["+49"] });
  let engine = await start();
  onTestFinished(async () => {
    engine.stop();
    await storage.close();
  });
  const asked = (what: string) => eventually(what, () => telephony.asked.includes(what));
  const { calls } = await engine.placeCalls({
    ...{ customerId: customer_id, flowId: null, actions: [], onCompleteFlowId: null, variables: {} },
    source: { type: "tel", target: "4711" },
    destinations: [{ type: "tel", target: "+4930123" }],
    earlyExecution: false,
  });
  const id = calls[0]?.id ?? "";
  await asked(`dial ${id} +4930123@${first.id}`);
  telephony.tell({ type: "channel_ringing", channelId: id });
  await eventually("ringing", async () => (await storage.calls.get(id))?.status === "ringing");

  engine.stop();
  telephony = fakeTelephony();
  engine = await start();
  telephony.becomeReachable();
  await asked(`dial ${id}-1 +4930123@${second.id}`);

  const failures = (await storage.timeline.ofCall(id)).filter(({ type }) => type === "dial_failed");
  expect(failures.map(({ data }) => data.why ?? data.words)).toEqual(["how it ended is not known"]);
});
