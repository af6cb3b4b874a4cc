/** Conferences: what they add to the confbridge that they own. */
import { expect, test } from "vitest";
import { z } from "zod";
import { actions } from "../../../src/actions/registry.generated.ts";
import { defineAction } from "../../../src/flow/action.ts";
import { fork, next } from "../../../src/flow/outcome.ts";
import { actionSchema } from "../../../src/model/action.ts";
import { sampleFlow } from "../../contract/storage-samples.ts";
import { eventually } from "../../support/eventually.ts";
import { type Hall, joinConfbridge, joinConference, openHall } from "./hall.ts";

const statusOf = async ({ storage }: Pick<Hall, "storage">, id: string) => (await storage.conferences.get(id))?.status;
const beep = { id: "b", type: "beep", option: {} };

test("a conference begins with the first who joins, and ends with everybody let go", async () => {
  const hall = await openHall();
  const conference = await hall.conference();
  expect(await statusOf(hall, conference.id)).toBe("starting");
  const stay = await hall.join("a", joinConference(conference));
  expect(stay).toMatchObject({ conference_id: conference.id, confbridge_id: conference.confbridge_id });
  await eventually("its beginning", async () => (await statusOf(hall, conference.id)) === "progressing");
  await hall.engine.conferences.end(conference.confbridge_id);
  expect(await hall.storage.conferences.get(conference.id)).toMatchObject({
    status: "terminated",
    tm_end: expect.any(String),
  });
  await hall.goesOn("a");
});

test("while it is locked nobody gets in, by whatever way, and who is in stays", async () => {
  const hall = await openHall();
  const conference = await hall.conference();
  await hall.join("a", joinConference(conference));
  await hall.storage.conferences.update(conference.id, { locked: true });
  await hall.arrive("b", [joinConference(conference), beep]);
  await hall.arrive("c", [joinConfbridge(conference.confbridge_id), beep]);
  await Promise.all([hall.goesOn("b"), hall.goesOn("c")]);
  expect(await hall.facts("b")).toMatchObject([
    ["action_failed", { reason: "locked", error: "ConferencingError", remedy: expect.stringContaining("locked") }],
  ]);
  expect(await hall.facts("c")).toMatchObject([["action_failed", { reason: "locked" }]]);
  expect(await hall.stays()).toMatchObject([{ status: "joined" }]);
  await hall.storage.conferences.update(conference.id, { locked: false });
  await hall.join("d", joinConference(conference));
});

test("another customer's conference is none", async () => {
  const hall = await openHall();
  const conference = await hall.conference({ customer_id: "11111111-1111-4111-8111-111111111111" });
  await hall.arrive("a", [joinConference(conference), beep]);
  await hall.goesOn("a");
  expect(await hall.facts("a")).toMatchObject([
    ["action_failed", { reason: "unknown", remedy: expect.stringContaining("GET /v1.0/conferences") }],
  ]);
});

test("its flows run before and after", async () => {
  const hall = await openHall();
  const { storage, customer_id, telephony } = hall;
  const play = (name: string) => [{ id: name, type: "play", option: { stream_urls: [`sound:${name}`] } }];
  const [before, after] = [play("before"), play("after")].map((list) => sampleFlow({ customer_id, actions: list }));
  for (const flow of [before, after]) if (flow) await storage.flows.create(flow);
  const conference = await hall.conference({ pre_flow_id: before?.id ?? null, post_flow_id: after?.id ?? null });
  await hall.arrive("a", [joinConference(conference), beep]);
  await finish(hall, "play a sound:before");
  const stay = await eventually("the stay", async () => (await hall.stays()).find(({ status }) => status === "joined"));
  expect(telephony.asked).not.toContain("play a sound:after");
  await hall.engine.conferences.kick(stay.id);
  await finish(hall, "play a sound:after");
  await hall.goesOn("a");
});

/** Waits for a prompt, and lets it end. */
async function finish({ telephony, asked }: Hall, what: string): Promise<void> {
  await asked(what);
  const playbackId = [...telephony.playing].at(-1) ?? "";
  telephony.playing.delete(playbackId);
  telephony.tell({ type: "playback_ended", channelId: "a", playbackId, failed: false });
}

test("its time counts from when it was made, and may be changed", async () => {
  const hall = await openHall();
  const secondsAgo = (seconds: number) => new Date(Date.now() - seconds * 1_000).toISOString();
  const [soon, later, never] = [
    await hall.conference({ timeout: 60, tm_create: secondsAgo(59.8) }),
    await hall.conference({ timeout: 60 }),
    await hall.conference({ timeout: 60, tm_create: secondsAgo(59.9) }),
  ];
  await hall.storage.conferences.update(never.id, { timeout: 0 });
  await hall.engine.conferences.changed(never.id);
  await hall.join("a", joinConference(soon));
  await hall.goesOn("a");
  await eventually("its end", async () => (await statusOf(hall, soon.id)) === "terminated");
  expect(await statusOf(hall, later.id)).toBe("starting");
  expect(await statusOf(hall, never.id)).toBe("starting");
});

test("one of type connect ends when one is left in it", async () => {
  const hall = await openHall();
  const conference = await hall.conference({ type: "connect" });
  await hall.join("a", joinConference(conference));
  const second = await hall.join("b", joinConference(conference));
  await hall.engine.conferences.kick(second.id);
  await Promise.all([hall.goesOn("a"), hall.goesOn("b")]);
  await eventually("its end", async () => (await statusOf(hall, conference.id)) === "terminated");
});

/** Runs its list until that is interrupted. */
const host = defineAction({
  type: "host",
  summary: "",
  uses: [],
  option: z.object({ list: z.array(actionSchema) }),
  examples: [],
  run: ({ option, again }) => (again === undefined ? fork(option.list, { thenAgain: 1, until: "k" }) : next),
});

test("a call that is wanted elsewhere leaves, and is not hung up", async () => {
  const hall = await openHall(new Map([...actions, ["host", host]]));
  const id = await hall.confbridge();
  await hall.join("b", joinConfbridge(id));
  await hall.arrive("a", [{ id: "host", type: "host", option: { list: [joinConfbridge(id)] } }, beep]);
  await eventually("both", async () => (await hall.stays()).filter(({ status }) => status === "joined").length === 2);
  expect(hall.engine.interrupt((await hall.callOn("a")).id, "k")).toBe(true);
  await hall.goesOn("a");
  expect(hall.bridges.present.get(`conference.${id}`)).toEqual(new Set(["b"]));
  expect((await hall.stays()).at(-1)).toMatchObject({ status: "leaved", leave_reason: "interrupted" });
});
