import { randomUUID } from "node:crypto";
import { expect, test, vi } from "vitest";
import { systemClock as clock } from "../../src/providers/system/clock.ts";
import { openStorage } from "../../src/storage/open-storage.ts";
import { rememberRoutes } from "../../src/storage/remembered-routes.ts";
import { sampleFlow, sampleNumber } from "../contract/storage-samples.ts";

const log = { info() {}, warn() {}, error() {} };
const open = async () => {
  const storage = await openStorage("sqlite::memory:", { log, clock });
  let nowMs = 0;
  const pass = (ms: number) => {
    nowMs += ms;
  };
  return { storage, pass, ...rememberRoutes(storage, { now: () => nowMs }) };
};

test("what another process changes is seen after a second", async () => {
  const { storage, stored, remembered, pass } = await open();
  const flow = sampleFlow();
  await stored.flows.create(flow);
  expect(await remembered.flows.get(flow.id)).toEqual(flow);
  await storage.flows.remove(flow.id);
  expect(await remembered.flows.get(flow.id)).toEqual(flow);
  expect(await stored.flows.get(flow.id)).toBeUndefined();
  pass(1_001);
  expect(await remembered.flows.get(flow.id)).toBeUndefined();
});

test("what this process changes is seen at once", async () => {
  const { stored, remembered } = await open();
  expect(await remembered.numbers.route("1")).toBeUndefined();
  const all = sampleNumber("*", { name: "all" });
  await stored.numbers.create(all);
  expect(await remembered.numbers.route("1")).toMatchObject({ name: "all" });
  await remembered.numbers.update(all.id, { name: "everything" });
  expect(await remembered.numbers.route("1")).toMatchObject({ name: "everything" });
  await stored.numbers.remove(all.id);
  expect(await remembered.numbers.route("1")).toBeUndefined();
});

test("a change while we look makes us look again", async () => {
  const { stored, remembered } = await open();
  const flow = sampleFlow();
  await Promise.all([remembered.flows.get(flow.id), stored.flows.create(flow)]);
  expect(await remembered.flows.get(flow.id)).toEqual(flow);
});

test("a failure is not remembered", async () => {
  const { storage } = await open();
  const get = vi.fn().mockRejectedValueOnce(new Error("away")).mockResolvedValue(undefined);
  const { remembered } = rememberRoutes({ ...storage, flows: { ...storage.flows, get } }, clock);
  const id = randomUUID();
  await expect(remembered.flows.get(id)).rejects.toThrow("away");
  expect(await remembered.flows.get(id)).toBeUndefined();
});
