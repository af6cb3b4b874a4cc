import { beforeEach, expect, test } from "vitest";
import { type CallCentre, openCallCentre } from "./call-centre.ts";

let centre: CallCentre;

beforeEach(async () => {
  centre = await openCallCentre();
  return () => expect(centre.failures).toEqual([]);
});

/** An agent who has talked with the first of these callers for a moment. */
async function talking(...callers: readonly string[]) {
  const queue = await centre.queue();
  const anna = await centre.agent("anna");
  await centre.arriveInTurn(queue.id, ...callers);
  centre.answer(centre.ringOf(anna));
  await centre.time.pass(100);
  return { queue, anna };
}

test("who sets itself available again need not rest", async () => {
  const queue = await centre.queue({ rest_time: 60_000 });
  const anna = await centre.agent("anna");
  await centre.arriveInTurn(queue.id, "c1");
  centre.end(centre.ringOf(anna));
  await centre.settle();
  await centre.setStatus(anna, "available");
  await centre.settle();
  expect(centre.log.at(-1)).toBe("anna rings for c1");
});

test.each(["away", "offline", "busy"] as const)(
  "an agent who sets itself %s while its phones ring is rung no longer, and the caller keeps its place",
  async (status) => {
    const queue = await centre.queue();
    const anna = await centre.agent("anna");
    await centre.arriveInTurn(queue.id, "c1", "c2");
    await centre.setStatus(anna, status);
    await centre.settle();
    expect([centre.ringing(), centre.statusOf(anna), centre.placeOf("c1")?.status]).toEqual([[], status, "waiting"]);
    expect(centre.kept.duties.size).toBe(0);
    const bert = await centre.agent("bert");
    await centre.settle();
    expect(centre.log.at(-1)).toBe("bert rings for c1");
    expect(centre.statusOf(bert)).toBe("ringing");
  },
);

test("an agent who sets itself away while it talks talks on, and is away afterwards", async () => {
  const { anna } = await talking("c1", "c2");
  await centre.setStatus(anna, "away");
  await centre.settle();
  expect(centre.talking()).toHaveLength(1);
  centre.end(centre.ringOf(anna));
  await centre.time.pass(60_000);
  expect([centre.ringing(), centre.statusOf(anna), centre.ended("c1")]).toEqual([[], "away", ["done", "served"]]);
});

test("an agent who sets itself available while it talks is busy, and available afterwards", async () => {
  const { anna } = await talking("c1");
  await centre.setStatus(anna, "away");
  expect(await centre.setStatus(anna, "available")).toMatchObject({ status: "busy" });
  centre.end(centre.ringOf(anna));
  await centre.settle();
  expect(centre.statusOf(anna)).toBe("available");
});

test.each([0, 1, 2, 3, 4, 5])(
  "a status chosen %i turns after a talk ends stays, also after a restart",
  async (turns) => {
    const { queue, anna } = await talking("c1");
    centre.end(centre.ringOf(anna));
    await centre.turns(turns);
    await centre.setStatus(anna, "away");
    await centre.time.pass(60_000);
    expect(centre.statusOf(anna)).toBe("away");
    await centre.restart();
    await centre.arriveInTurn(queue.id, "c2");
    expect([centre.ringing(), centre.statusOf(anna)]).toEqual([[], "away"]);
  },
);

test.each([0, 1, 2, 3, 4, 5])(
  "a crash %i turns after a choice of status keeps it whole, or not at all",
  async (turns) => {
    const { anna } = await talking("c1");
    void centre.setStatus(anna, "away");
    await centre.turns(turns);
    const isChosen = centre.statusOf(anna) === "away";
    expect(centre.kept.duties.get(anna.id)?.holds_status).toBe(!isChosen);
    await centre.restart();
    centre.end(centre.ringOf(anna));
    await centre.time.pass(60_000);
    expect(centre.statusOf(anna)).toBe(isChosen ? "away" : "available");
  },
);

test.each([0, 1, 2, 3, 4, 5, 6, 7, 8])(
  "tags changed %i turns after a caller comes leave the status alone",
  async (turns) => {
    const queue = await centre.queue();
    const anna = await centre.agent("anna");
    centre.arrive(queue.id, "c1");
    await centre.turns(turns);
    await centre.stores.agents.update(anna.id, { tag_ids: [] });
    await centre.settle();
    expect(centre.statusOf(anna)).toBe("ringing");
    centre.end(centre.ringOf(anna));
    await centre.settle();
    expect(centre.statusOf(anna)).toBe("available");
  },
);

test("when the last agent logs out, callers wait on, in order", async () => {
  const queue = await centre.queue();
  const anna = await centre.agent("anna");
  await centre.setStatus(anna, "offline");
  await centre.arriveInTurn(queue.id, "c1", "c2");
  await centre.time.pass(60_000);
  expect(["c1", "c2"].map((name) => centre.placeOf(name)?.status)).toEqual(["waiting", "waiting"]);
  await centre.setStatus(anna, "available");
  await centre.settle();
  expect(centre.log).toEqual(["anna rings for c1"]);
});

test("the status of an agent whom somebody else has stored is stored as well", async () => {
  const anna = await centre.agent("anna");
  const bert = { ...anna, id: "bert" };
  centre.kept.agents.set(bert.id, bert);
  expect(await centre.setStatus(bert, "away")).toMatchObject({ id: "bert", status: "away" });
});
