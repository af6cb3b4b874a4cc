import { randomUUID } from "node:crypto";
import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import { createHealth } from "../../src/engine/health.ts";
import { keepExtensions, keepTrunks } from "../../src/engine/kept-parties.ts";
import type { Extension } from "../../src/model/extension.ts";
import type { Carrier } from "../../src/ports/carriers.ts";
import { TelephonyError, type TelephonyFault } from "../../src/ports/telephony.ts";
import { systemClock as clock } from "../../src/providers/system/clock.ts";
import { openStorage } from "../../src/storage/open-storage.ts";
import { eventually } from "../support/eventually.ts";
import { aTrunk } from "./dialing/trunks.ts";

const log = pino({ level: "silent" });

/** A keeper between an empty store and a switch that fails as it is told to. */
async function start() {
  const storage = await openStorage("sqlite::memory:", { log, clock });
  onTestFinished(() => storage.close());
  const inSwitch = new Map<string, string>([["theirs", "x"]]);
  const world: { fault: TelephonyFault | undefined } = { fault: undefined };
  const attempt = async () => {
    if (world.fault) throw new TelephonyError(world.fault, "test", "as told");
  };
  const health = createHealth(clock);
  const puts: string[] = [];
  const accounts = {
    put: async ({ name, digest }: { name: string; digest: string }) => {
      puts.push(name);
      await attempt();
      inSwitch.set(name, digest);
    },
    remove: (name: string) => attempt().then(() => void (name !== "theirs" && inSwitch.delete(name))),
    names: () => attempt().then(() => [...inSwitch.keys()]),
  };
  const { store: extensions, settle } = keepExtensions(storage.extensions, accounts, { health, log });
  const status = async ({ id }: Extension) => (await storage.extensions.get(id))?.status;
  return { extensions, settle, inSwitch, puts, world, health, status, storage };
}

const anExtension = (extension: string, digest = "d1"): Extension => ({
  id: randomUUID(),
  customer_id: randomUUID(),
  extension,
  name: "",
  detail: "",
  message_flow_id: null,
  status: "pending",
  status_reason: null,
  realm: "r",
  digest,
  tm_create: "2026-01-01T00:00:00.000Z",
  tm_update: "2026-01-01T00:00:00.000Z",
});

test("what is created, changed and removed is so in the switch at once", async () => {
  const { extensions, inSwitch, status } = await start();
  const desk = anExtension("1");
  await extensions.create(desk);
  expect([inSwitch.get("1"), await status(desk)]).toEqual(["d1", "ready"]);
  expect(await extensions.update(desk.id, { digest: "d2" })).toMatchObject({ digest: "d2", status: "ready" });
  expect(inSwitch.get("1")).toBe("d2");
  await extensions.remove(desk.id);
  expect([...inSwitch.keys()]).toEqual(["theirs"]);
});

test("what a switch that was away has missed, it gets when it is back", async () => {
  const { extensions, inSwitch, status, world, settle } = await start();
  const [kept, gone, late] = [anExtension("1"), anExtension("2"), anExtension("3")];
  for (const extension of [kept, gone]) await extensions.create(extension);
  world.fault = "unavailable";
  await extensions.create(late);
  await extensions.remove(gone.id);
  expect(await extensions.update(kept.id, { digest: "d2" })).toMatchObject({ status: "pending" });
  world.fault = undefined;
  await settle();
  expect(Object.fromEntries(inSwitch)).toEqual({ theirs: "x", 1: "d2", 3: "d1" });
  expect([await status(kept), await status(late)]).toEqual(["ready", "ready"]);
});

test("what the switch has lost is put again, and a switch that is not ready is asked again", async () => {
  const { extensions, inSwitch, world, settle, health } = await start();
  await extensions.create(anExtension("1"));
  inSwitch.delete("1");
  world.fault = "gone";
  await settle();
  expect([inSwitch.has("1"), health.faults()]).toEqual([false, []]);
  world.fault = undefined;
  await eventually("the account", () => inSwitch.has("1"));
});

test("an account that the switch refuses stays pending, and stands in nobody's way", async () => {
  const { extensions, status, world } = await start();
  world.fault = "refused";
  const first = anExtension("1");
  await extensions.create(first);
  world.fault = undefined;
  const second = anExtension("2");
  await extensions.create(second);
  expect([await status(first), await status(second)]).toEqual(["pending", "ready"]);
  expect((await extensions.get(first.id))?.status_reason).toBe("as told");
  expect(await extensions.update(first.id, { digest: "d2" })).toMatchObject({ status: "ready", status_reason: null });
});

test("a change that is nothing to the switch does not wait for it", async () => {
  const { extensions, world, puts, status } = await start();
  const desk = anExtension("1");
  await extensions.create(desk);
  world.fault = "unavailable";
  expect(await extensions.update(desk.id, { detail: "new" })).toMatchObject({ detail: "new", status: "ready" });
  expect(await extensions.update(desk.id, { name: "new" })).toMatchObject({ name: "new", status: "pending" });
  world.fault = undefined;
  await extensions.update(desk.id, { detail: "newer" });
  expect([puts, await status(desk)]).toEqual([["1", "1", "1"], "ready"]);
});

test("of a trunk the switch is told what it needs, once, and again what may have moved", async () => {
  const storage = await openStorage("sqlite::memory:", { log, clock });
  onTestFinished(() => storage.close());
  const puts: Carrier[] = [];
  const carriers = {
    put: async (carrier: Carrier) => void puts.push(carrier),
    remove: async () => {},
    names: async () => puts.map(({ name }) => name),
  };
  const { store, settle } = keepTrunks(storage.trunks, carriers, { health: createHealth(clock), log });
  const [named, fixed] = [aTrunk({ status: "pending" }), aTrunk({ host: "192.0.2.1", status: "pending" })];
  for (const trunk of [named, fixed]) await store.create(trunk);
  await store.update(named.id, { priority: 5, prefixes: ["+49"], max_calls: 3, caller_id: "+4930123", detail: "x" });
  await store.update(fixed.id, { port: 5070 });
  await settle();
  expect(puts.map(({ name, host, port }) => [name, host, port])).toEqual([
    [named.id, named.host, 5060],
    [fixed.id, fixed.host, 5060],
    [fixed.id, fixed.host, 5070],
    [named.id, named.host, 5060],
  ]);
  expect(puts[0]).not.toHaveProperty("prefixes");
  expect(await storage.trunks.get(named.id)).toMatchObject({ priority: 5, status: "ready" });
});
