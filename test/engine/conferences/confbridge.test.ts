/** Calls that join a confbridge, hear each other, and leave. */
import { expect, test } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { type Hall, joinConfbridge, openHall } from "./hall.ts";

/** A hall with one confbridge, and the bridge that it has in the switch. */
async function openOne(type: "connect" | "conference" = "conference") {
  const hall = await openHall();
  const id = await hall.confbridge(type);
  return { ...hall, id, bridge: `conference.${id}`, join: (channel: string) => hall.join(channel, joinConfbridge(id)) };
}

const statusOf = async ({ storage }: Pick<Hall, "storage">, id: string) => (await storage.confbridges.get(id))?.status;

test("who comes first is answered and hears music, until somebody else comes", async () => {
  const { join, news, asked: heard, bridge } = await openOne();
  const stay = await join("a");
  expect(stay).toMatchObject({ status: "joined", reference_type: "call", conference_id: null, muted: false });
  await heard("music a");
  await join("b");
  await join("c");
  await heard("stop music c");
  const asked = news();
  expect(asked.filter((one) => !one.startsWith("stop"))).toEqual([
    "answer a",
    `open ${bridge}`,
    `join ${bridge} a`,
    "music a",
    "answer b",
    `open ${bridge}`,
    `join ${bridge} b`,
    "answer c",
    `open ${bridge}`,
    `join ${bridge} c`,
  ]);
  expect(asked.indexOf("stop music a")).toBeGreaterThan(asked.indexOf(`join ${bridge} b`));
  expect(asked.indexOf("stop music a")).toBeLessThan(asked.indexOf("answer c"));
});

test("who is left alone hears music again; with the last one the bridge goes, not the confbridge", async () => {
  const hall = await openOne();
  const { join, news, asked, hangUp, bridge, bridges, stays, id } = hall;
  await join("a");
  await join("b");
  await asked("stop music b");
  news();
  hangUp("a");
  await asked("music b");
  hangUp("b");
  await eventually("the bridge's end", () => !bridges.present.has(bridge));
  expect(await stays()).toMatchObject([
    { status: "leaved", leave_reason: "hangup", tm_leaved: expect.any(String) },
    { status: "leaved", leave_reason: "hangup" },
  ]);
  expect(await statusOf(hall, id)).toBe("progressing");
  await join("c");
  expect(bridges.present.get(bridge)).toEqual(new Set(["c"]));
});

test("who is taken out goes on with the flow, and hears nothing of the conference any more", async () => {
  const { join, news, asked: heard, engine, goesOn, facts, bridges, bridge, stays } = await openOne();
  const alone = await join("a");
  await heard("music a");
  news();
  await engine.conferences.kick(alone.id);
  await goesOn("a");
  expect(bridges.present.has(bridge)).toBe(false);
  expect(news().slice(0, 2)).toEqual([`leave ${bridge} a`, "stop music a"]);
  expect(await stays()).toMatchObject([{ status: "leaved", leave_reason: "kicked" }]);
  const about = { conferencecall_id: alone.id, conference_id: null, confbridge_id: alone.confbridge_id };
  expect(await facts("a")).toEqual([
    ["conference_joined", about],
    ["conference_left", { ...about, why: "kicked" }],
  ]);
  await engine.conferences.kick(alone.id);
  expect(await stays()).toHaveLength(1);
});

test("its end lets everybody go, and nobody in any more", async () => {
  const hall = await openOne();
  const { join, engine, goesOn, arrive, facts, id } = hall;
  await join("a");
  await join("b");
  await engine.conferences.end(id);
  expect(await statusOf(hall, id)).toBe("terminated");
  expect(await hall.stays()).toMatchObject(Array(2).fill({ status: "leaved", leave_reason: "ended" }));
  await Promise.all([goesOn("a"), goesOn("b")]);
  await arrive("c", [joinConfbridge(id), { id: "b", type: "beep", option: {} }]);
  await goesOn("c");
  expect(await facts("c")).toMatchObject([["action_failed", { error: "ConferencingError", reason: "ended" }]]);
  expect(await hall.stays()).toHaveLength(2);
});

test("one that there is not is told of, and the flow goes on", async () => {
  const { arrive, goesOn, facts } = await openHall();
  const unknown = "11111111-1111-4111-8111-111111111111";
  await arrive("a", [joinConfbridge(unknown), { id: "b", type: "beep", option: {} }]);
  await goesOn("a");
  expect(await facts("a")).toMatchObject([["action_failed", { action: "confbridge_join", reason: "unknown" }]]);
});

test("a muted call is heard again when that is undone, and when it leaves", async () => {
  const { join, engine, news, asked: heard, stays, goesOn } = await openOne();
  const [a, b] = [await join("a"), await join("b")];
  await heard("stop music b");
  news();
  await engine.conferences.setMuted(a.id, true);
  await engine.conferences.setMuted(b.id, true);
  await engine.conferences.setMuted(b.id, false);
  expect(news()).toEqual(["mute a in", "mute b in", "unmute b in"]);
  expect(await stays()).toMatchObject([{ muted: true }, { muted: false }]);
  await Promise.all([engine.conferences.kick(a.id), engine.conferences.kick(b.id)]);
  await Promise.all([goesOn("a"), goesOn("b")]);
  expect(news().filter((one) => one.startsWith("unmute"))).toEqual(["unmute a in"]);
});

test("connect: the first hears ringing, the second answers both, and it ends when one is left", async () => {
  const hall = await openOne("connect");
  const { join, news, hangUp, goesOn, id, bridge } = hall;
  await join("a");
  await hall.asked("ring a");
  expect(news().filter((one) => !one.startsWith("stop"))).toEqual([`open ${bridge}`, `join ${bridge} a`, "ring a"]);
  await join("b");
  await hall.asked("answer b");
  const asked = news();
  expect(asked.filter((one) => one.startsWith("answer"))).toEqual(["answer a", "answer b"]);
  expect(asked.indexOf("stop ringing a")).toBeLessThan(asked.indexOf("answer a"));
  hangUp("b");
  await goesOn("a");
  await eventually("the records", async () => (await hall.storage.conferencecalls.present()).length === 0);
  expect(await hall.stays()).toMatchObject([{ leave_reason: "ended" }, { leave_reason: "hangup" }]);
  await eventually("its end", async () => (await statusOf(hall, id)) === "terminated");
});

test("connect: the first who leaves before anybody came does not end it", async () => {
  const hall = await openOne("connect");
  await hall.join("a");
  hall.hangUp("a");
  await eventually("the bridge's end", () => !hall.bridges.present.has(hall.bridge));
  expect(await statusOf(hall, hall.id)).toBe("progressing");
});

test("connect: who is still being called is no company, until they answer", async () => {
  const { join, engine, telephony, storage, customer_id, news, asked, id, bridges, bridge } = await openOne("connect");
  await join("a");
  await asked("ring a");
  news();
  const { calls } = await engine.placeCalls({
    customerId: customer_id,
    source: { type: "tel", target: "4711" },
    destinations: [{ type: "sip", target: "sip:bob@127.0.0.9" }],
    flowId: null,
    actions: [joinConfbridge(id)],
    onCompleteFlowId: null,
    variables: {},
    earlyExecution: true,
  });
  const channel = calls[0]?.channel_id ?? "";
  await asked(`dial ${channel} sip:bob@127.0.0.9`);
  telephony.tell({ type: "channel_ringing", channelId: channel });
  await eventually("the second", () => bridges.present.get(bridge)?.has(channel));
  await eventually("its record", async () => (await storage.conferencecalls.present())[1]?.status === "joined");
  expect(news().filter((one) => one.startsWith("answer"))).toEqual([]);
  telephony.tell({ type: "channel_answered", channelId: channel });
  await asked("answer a");
  expect(telephony.asked).not.toContain(`answer ${channel}`);
});
