/** Flows that begin while the phone that is called still rings. */
import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { actions as registry } from "../../../src/actions/registry.generated.ts";
import { defineAction } from "../../../src/flow/action.ts";
import { next } from "../../../src/flow/outcome.ts";
import type { Action } from "../../../src/model/action.ts";
import type { Address } from "../../../src/model/address.ts";
import { systemClock as clock } from "../../../src/providers/system/clock.ts";
import { randomIds } from "../../../src/providers/system/ids.ts";
import { openStorage } from "../../../src/storage/open-storage.ts";
import { eventually } from "../../support/eventually.ts";
import { fakeTelephony } from "../fake-telephony.ts";
import { startEngine } from "../one-call.ts";

const BOB: Address = { type: "sip", target: "sip:bob@127.0.0.9" };

/** Notes when it began. */
const probe = (startsMs: number[]) =>
  defineAction({
    type: "probe",
    summary: "",
    uses: [],
    option: z.object({}),
    examples: [],
    waitsForAnswer: true,
    run({ startedAtMs }) {
      startsMs.push(startedAtMs);
      return next;
    },
  });

async function open(list: readonly Partial<Action>[]) {
  const storage = await openStorage("sqlite::memory:", { log: pino({ level: "silent" }), clock });
  const telephony = fakeTelephony();
  const startsMs: number[] = [];
  const catalogue = new Map([...registry, ["probe", probe(startsMs)]]);
  const engine = await startEngine({ storage, telephony, catalogue });
  onTestFinished(async () => {
    engine.stop();
    await storage.close();
  });
  const order = {
    ...{ customerId: storage.defaultCustomerId, flowId: null, onCompleteFlowId: null, variables: {} },
    actions: list.map((action) => ({ id: randomIds.next(), type: "probe", option: {}, ...action })),
    source: { type: "tel", target: "4711" } as const,
    earlyExecution: true,
  };
  const rings = async (id: string) => {
    await eventually("the dialling", () => telephony.present.has(id));
    telephony.tell({ type: "channel_ringing", channelId: id });
    await eventually("the step", async () =>
      (await storage.timeline.ofCall(id)).some(({ data }) => data.action === "probe"),
    );
  };
  const ended = (id: string) =>
    eventually("its end", async () => {
      const call = await storage.calls.get(id);
      return call?.status === "hangup" ? call : undefined;
    });
  return { engine, telephony, order, startsMs, rings, ended };
}

test("the time of an action that waits for the answer counts from that", async () => {
  const { engine, telephony, order, startsMs, rings, ended } = await open([{}, {}]);
  const { calls } = await engine.placeCalls({ ...order, destinations: [BOB] });
  const id = calls[0]?.id ?? "";
  await rings(id);
  telephony.tell({ type: "channel_answered", channelId: id });
  const answeredMs = Date.parse((await ended(id)).tm_progressing ?? "");
  const [first = 0, second = 0] = startsMs;
  expect(first).toBe(answeredMs);
  expect(second).toBeGreaterThanOrEqual(answeredMs);
});

test("of two that are answered at once, one goes on", async () => {
  const { engine, telephony, order, startsMs, rings, ended } = await open([{}]);
  const { call_ids: ids } = await engine.placeGroupcall({ ...order, destinations: [BOB, BOB], ringMethod: "ring_all" });
  for (const id of ids) await rings(id);
  for (const channelId of ids) telephony.tell({ type: "channel_answered", channelId });
  const reasons = await Promise.all(ids.map(async (id) => (await ended(id)).hangup_reason));
  expect(reasons.toSorted()).toEqual(["cancel", "normal"]);
  expect(startsMs).toHaveLength(1);
});
