/** What a conference is after the process has died in the middle of it. */
import { expect, test } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { type Hall, joinConfbridge, joinConference, openHall } from "./hall.ts";

/** A confbridge with these in it, and the process dead. */
async function killedWith(...channels: string[]) {
  const hall = await openHall();
  const id = await hall.confbridge();
  for (const channel of channels) await hall.join(channel, joinConfbridge(id));
  await hall.asked(channels.length === 1 ? "music a" : `stop music ${channels.at(-1)}`);
  hall.kill();
  hall.news();
  return Object.assign(hall, { id, bridge: `conference.${id}` });
}

/** Resolves when every call that is still there has been put where it was. */
const restored = ({ asked }: Hall, bridge: string, ...channels: string[]) =>
  Promise.all(channels.map((channel) => asked(`join ${bridge} ${channel}`)));

const members = ({ bridges }: Hall, bridge: string) => [...(bridges.present.get(bridge) ?? [])];
const kept = (asked: readonly string[]) => asked.filter((one) => /^(leave|close|music|mute|answer|hangup)/.test(one));

test("members stay together, and nobody hears music", async () => {
  const hall = await killedWith("a", "b", "c");
  await hall.start();
  await restored(hall, hall.bridge, "a", "b", "c");
  await eventually("what each hears", () => hall.telephony.asked.includes("stop music c"));
  expect(kept(hall.news())).toEqual([]);
  expect(members(hall, hall.bridge)).toEqual(["a", "b", "c"]);
  expect(await hall.stays()).toMatchObject(Array(3).fill({ status: "joined" }));
  expect((await hall.facts("a")).map(([type]) => type)).toEqual(["conference_joined"]);
});

test("who is alone hears music, those who have gone meanwhile are out on record", async () => {
  const hall = await killedWith("a", "b", "c");
  hall.hangUp("b");
  hall.hangUp("c");
  await hall.start();
  await hall.asked("music a");
  await eventually("the records", async () =>
    (await hall.stays()).slice(1).every(({ status, leave_reason }) => status === "leaved" && leave_reason === "hangup"),
  );
  expect((await hall.facts("b")).map(([type]) => type)).toEqual(["conference_joined", "conference_left"]);
});

test("when all have gone, the bridge goes too", async () => {
  const hall = await killedWith("a", "b");
  hall.hangUp("a");
  hall.hangUp("b");
  await hall.start();
  await eventually("its end", () => !hall.bridges.present.has(hall.bridge));
  await eventually("the records", async () => (await hall.storage.conferencecalls.present()).length === 0);
});

test("a bridge that no confbridge needs any more goes, with those in it let go", async () => {
  const hall = await killedWith("a");
  await hall.storage.confbridges.remove(hall.id);
  await hall.start();
  await hall.goesOn("a");
  expect(hall.bridges.present.has(hall.bridge)).toBe(false);
  expect(await hall.stays()).toMatchObject([{ status: "leaved", leave_reason: "ended" }]);
});

test("who was about to leave leaves, and who had left does not come back", async () => {
  const hall = await killedWith("a", "b", "c");
  const [a, b] = await hall.stays();
  await hall.storage.conferencecalls.save(a?.id ?? "", { status: "leaving", leave_reason: "kicked" }, []);
  await hall.storage.conferencecalls.save(b?.id ?? "", { status: "leaved", leave_reason: "kicked" }, []);
  hall.bridges.present.get(hall.bridge)?.delete("b");
  await hall.start();
  await Promise.all([hall.goesOn("a"), hall.goesOn("b")]);
  await hall.asked("music c");
  expect(hall.telephony.asked).not.toContain(`join ${hall.bridge} b`);
  expect(members(hall, hall.bridge)).toEqual(["c"]);
  expect((await hall.stays()).map(({ status, leave_reason }) => [status, leave_reason])).toEqual([
    ["leaved", "kicked"],
    ["leaved", "kicked"],
    ["joined", null],
  ]);
});

test("kicked before the flow went on, a call leaves when it does", async () => {
  const hall = await killedWith("a");
  const [stay] = await hall.stays();
  await hall.start();
  await hall.engine.conferences.kick(stay?.id ?? "");
  await hall.goesOn("a");
  expect(await hall.stays()).toMatchObject([{ status: "leaved", leave_reason: "kicked" }]);
});

/** Asks for something in the moment in which a call whose flow goes on has read its record. */
function whenRead({ storage }: Hall, ask: (id: string) => Promise<void>): void {
  const { get } = storage.conferencecalls;
  let isAsked = false;
  Object.assign(storage.conferencecalls, {
    get: async (id: string) => {
      const record = await get(id);
      const isFirst = !isAsked;
      isAsked = true;
      if (isFirst) await ask(id);
      return record;
    },
  });
}

test("kicked in the moment in which its flow goes on, a call leaves", async () => {
  const hall = await killedWith("a");
  whenRead(hall, (id) => hall.engine.conferences.kick(id));
  await hall.start();
  await hall.goesOn("a");
  expect(await hall.stays()).toMatchObject([{ status: "leaved", leave_reason: "kicked" }]);
});

test("muted in the moment in which its flow goes on, a call is", async () => {
  const hall = await killedWith("a");
  whenRead(hall, (id) => hall.engine.conferences.setMuted(id, true));
  await hall.start();
  await hall.asked("mute a in");
});

test("unmuted in the moment in which its flow goes on, a call is", async () => {
  const hall = await killedWith("a");
  const [stay] = await hall.stays();
  await hall.storage.conferencecalls.save(stay?.id ?? "", { muted: true }, []);
  whenRead(hall, (id) => hall.engine.conferences.setMuted(id, false));
  await hall.start();
  await hall.asked("unmute a both");
  expect(await hall.stays()).toMatchObject([{ muted: false }]);
});

test("killed before it was put through, a call joins after all", async () => {
  const hall = await killedWith("a");
  const [stay] = await hall.stays();
  await hall.storage.conferencecalls.save(stay?.id ?? "", { status: "joining", tm_joined: null }, []);
  hall.bridges.present.clear();
  await hall.start();
  await hall.asked("music a");
  expect(members(hall, hall.bridge)).toEqual(["a"]);
  expect(await hall.stays()).toMatchObject([{ id: stay?.id, status: "joined" }]);
});

test("who was muted is muted", async () => {
  const hall = await killedWith("a", "b");
  const [stay] = await hall.stays();
  await hall.storage.conferencecalls.save(stay?.id ?? "", { muted: true }, []);
  await hall.start();
  await hall.asked("mute a in");
  await restored(hall, hall.bridge, "b");
  expect(hall.telephony.asked).not.toContain("mute b in");
});

test("a conference that was about to end does, though it has no time limit", async () => {
  const hall = await openHall();
  const conference = await hall.conference();
  await hall.join("a", joinConference(conference));
  hall.kill();
  await hall.storage.confbridges.save(conference.confbridge_id, { status: "terminating" });
  await hall.start();
  await hall.goesOn("a");
  const ended = { status: "terminated", tm_end: expect.any(String) };
  await eventually("the end on record", async () => (await hall.storage.confbridges.ending()).length === 0);
  expect(await hall.storage.conferences.get(conference.id)).toMatchObject(ended);
});

test("a conference whose time was up while nobody was there ends", async () => {
  const hall = await openHall();
  const conference = await hall.conference({ timeout: 0, tm_create: "2026-01-01T00:00:00.000Z" });
  await hall.join("a", joinConference(conference));
  hall.kill();
  await hall.storage.conferences.update(conference.id, { timeout: 60 });
  await hall.start();
  await hall.goesOn("a");
  expect(await hall.stays()).toMatchObject([{ leave_reason: "ended" }]);
  await eventually("its end", async () => (await hall.storage.conferences.get(conference.id))?.status === "terminated");
});

test.each([
  ["two are in it, it goes on", [], "progressing"],
  ["one has gone, it ends for the other", ["b"], "terminated"],
  ["both have gone, it has ended", ["a", "b"], "terminated"],
])("connect: when %s", async (_what, gone, status) => {
  const hall = await openHall();
  const id = await hall.confbridge("connect");
  for (const channel of ["a", "b"]) await hall.join(channel, joinConfbridge(id));
  await hall.asked("answer b");
  hall.kill();
  hall.news();
  for (const channel of gone) hall.hangUp(channel);
  await hall.start();
  if (gone.length === 0) await restored(hall, `conference.${id}`, "a", "b");
  if (gone.length === 1) await hall.goesOn("a");
  await eventually("its status", async () => (await hall.storage.confbridges.get(id))?.status === status);
  expect(hall.telephony.asked.filter((one) => one.startsWith("ring"))).toEqual([]);
});
