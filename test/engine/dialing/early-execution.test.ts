/** Flows that begin while the phone that is called still rings. */
import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { actions as registry } from "../../../src/actions/registry.generated.ts";
import { type ActionDefinition, defineAction } from "../../../src/flow/action.ts";
import { next } from "../../../src/flow/outcome.ts";
import type { Action } from "../../../src/model/action.ts";
import type { Address } from "../../../src/model/address.ts";
import type { ChannelSnapshot } from "../../../src/ports/telephony.ts";
import { systemClock as clock } from "../../../src/providers/system/clock.ts";
import { randomIds } from "../../../src/providers/system/ids.ts";
import { openStorage } from "../../../src/storage/open-storage.ts";
import { eventually } from "../../support/eventually.ts";
import { channelOf, fakeTelephony } from "../fake-telephony.ts";
import { startEngine } from "../one-call.ts";
import { aTrunk } from "./trunks.ts";

const NUMBER = "+4930123";
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
  let telephony = fakeTelephony();
  const startsMs: number[] = [];
  const catalogue = new Map([...registry, ["probe", probe(startsMs)]]);
  const start = () => startEngine({ storage, telephony, catalogue, allowedNumbers: ["+49"] });
  let engine = await start();
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
  const rings = async (channelId: string) => {
    await eventually("the dialling", () => telephony.present.has(channelId));
    telephony.tell({ type: "channel_ringing", channelId });
    await eventually("the step", async () =>
      (await storage.timeline.ofCall(channelId.replace(/-1$/, ""))).some(({ data }) => data.action === "probe"),
    );
  };
  const ended = (id: string) =>
    eventually("its end", async () => {
      const call = await storage.calls.get(id);
      return call?.status === "hangup" ? call : undefined;
    });
  const fails = async (id: string, cause: number) => {
    await eventually("the dialling", () => telephony.present.delete(id));
    telephony.tell({ type: "channel_left", channelId: id, cause });
  };
  const trunks = async () => {
    const customer_id = storage.defaultCustomerId;
    const two = [aTrunk({ customer_id, priority: 1 }), aTrunk({ customer_id, priority: 2 })] as const;
    for (const trunk of two) await storage.trunks.create(trunk);
    return two;
  };
  /** Kills the process; Asterisk has these channels when the next one looks. */
  const crash = async (left: readonly ChannelSnapshot[]) => {
    engine.stop();
    telephony = fakeTelephony();
    for (const channel of left) telephony.present.set(channel.id, channel);
    engine = await start();
    telephony.becomeReachable();
    return telephony;
  };
  const failuresOf = async (id: string) =>
    (await storage.timeline.ofCall(id)).filter(({ type }) => type === "dial_failed").map(({ data }) => data);
  return { engine, telephony, order, startsMs, rings, ended, fails, trunks, crash, failuresOf };
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

test("once the flow has begun no other trunk is tried, and the timeline says so", async () => {
  const { engine, telephony, order, rings, ended, fails, trunks, failuresOf } = await open([{}]);
  const [first] = await trunks();
  const { calls } = await engine.placeCalls({ ...order, destinations: [{ type: "tel", target: NUMBER }] });
  const id = calls[0]?.id ?? "";
  await rings(id);
  await fails(id, 34);
  expect(await ended(id)).toMatchObject({ hangup_by: "remote", hangup_reason: "failed", hangup_cause: 34 });
  expect(telephony.asked.filter((one) => one.startsWith("dial"))).toEqual([`dial ${id} ${NUMBER}@${first.id}`]);
  const why = "its flow has begun at ringing (early_execution): no other trunk is tried";
  expect(await failuresOf(id)).toEqual([expect.objectContaining({ why, cause: 34, trunk_id: first.id, next: false })]);
});

test.each([
  ["still rings", true],
  ["is gone", false],
])("a second trunk's call whose flow has begun is not dialled again after a crash: it %s", async (_how, isThere) => {
  const { engine, order, rings, ended, fails, trunks, crash, failuresOf } = await open([{}]);
  await trunks();
  const { calls } = await engine.placeCalls({ ...order, destinations: [{ type: "tel", target: NUMBER }] });
  const [id, channelId] = [calls[0]?.id ?? "", `${calls[0]?.id}-1`];
  await fails(id, 34);
  await rings(channelId);
  const telephony = await crash(isThere ? [{ ...channelOf(channelId, NUMBER), arguments: ["outbound"] }] : []);
  if (isThere) telephony.tell({ type: "channel_answered", channelId });
  expect(await ended(id)).toMatchObject({ channel_id: channelId, tm_progressing: isThere ? expect.any(String) : null });
  expect(telephony.asked.filter((one) => one.startsWith("dial"))).toEqual([]);
  expect(await failuresOf(id)).toHaveLength(1);
});

test("what wants an answer, or makes calls for this one, waits; but for what goes on meanwhile, and rooms", () => {
  const wants = ({ answers, wantsAnswer, uses }: ActionDefinition) =>
    answers || wantsAnswer || uses.includes("connector");
  const atOnce = [...registry.values()].filter((one) => wants(one) && !one.waitsForAnswer).map(({ type }) => type);
  expect(atOnce.toSorted()).toEqual([
    "confbridge_join",
    "conference_join",
    "external_media_start",
    "recording_start",
    "transcribe_start",
  ]);
});
