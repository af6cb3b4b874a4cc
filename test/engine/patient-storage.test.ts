import { pino } from "pino";
import { beforeEach, expect, test } from "vitest";
import { createHealth, type Health } from "../../src/engine/health.ts";
import { patientStorage } from "../../src/engine/patient-storage.ts";
import type { TimelineEntry } from "../../src/model/timeline.ts";
import type { Storage } from "../../src/ports/storage.ts";
import { StorageError, type StorageFault } from "../../src/ports/storage-error.ts";
import { systemClock as clock } from "../../src/providers/system/clock.ts";
import { openStorage } from "../../src/storage/open-storage.ts";
import { eventually } from "../support/eventually.ts";

const log = pino({ level: "silent" });
const CALL = "8e1f4c1e-7a3b-4b43-9a0e-0a4f2f6f0001";
let fault: StorageFault | undefined;
let health: Health;
let storage: Storage;
let patient: Storage;

beforeEach(async () => {
  fault = undefined;
  health = createHealth(clock);
  storage = await openStorage("sqlite::memory:", { log, clock });
  patient = patientStorage(refusing(storage), health, log);
  return () => patient.close();
});

test("what the storage refuses does not fail the call, and is stored in order when it works again", async () => {
  fault = "full";
  await patient.timeline.append([fact("first")]);
  await patient.timeline.append([fact("second")]);
  expect(health.faults()).toMatchObject([{ component: "storage", reason: "full, says the test" }]);
  expect(await told()).toEqual([]);

  fault = undefined;
  await patient.timeline.append([fact("third")]);
  await eventually("the facts", async () => (await told()).length === 3);
  expect(await told()).toEqual(["first", "second", "third"]);
  expect(health.faults()).toEqual([]);
});

test("what can never be stored is an error at once", async () => {
  fault = "conflict";
  await expect(patient.timeline.append([fact("first")])).rejects.toThrow("conflict, says the test");
  expect(health.faults()).toEqual([]);
});

function refusing(real: Storage): Storage {
  return {
    ...real,
    timeline: {
      ...real.timeline,
      append: async (facts) => {
        if (fault) throw new StorageError(fault, `${fault}, says the test`);
        await real.timeline.append(facts);
      },
    },
  };
}

const fact = (text: string): TimelineEntry => ({
  at: new Date().toISOString(),
  type: "note",
  activeflow_id: null,
  call_id: CALL,
  data: { text },
});

const told = async () => (await storage.timeline.ofCall(CALL)).map(({ data }) => data.text);
