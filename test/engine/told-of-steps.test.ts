/** What the timeline says of a step, beside that it began and ended. */
import { pino } from "pino";
import { expect, test } from "vitest";
import { systemClock as clock } from "../../src/providers/system/clock.ts";
import { openStorage } from "../../src/storage/open-storage.ts";
import { fakeTelephony } from "./fake-telephony.ts";
import { arrive, endedRunIn, startEngine } from "./one-call.ts";

test("what stood for variables, of much no more than the beginning", async () => {
  const storage = await openStorage("sqlite::memory:", { log: pino({ level: "silent" }), clock });
  const telephony = fakeTelephony();
  const engine = await startEngine({ storage, telephony });
  const set = (key: string, value: string) => ({ id: key, type: "variable_set", option: { key, value } });
  await arrive({ storage, telephony }, [set("a", "x".repeat(600)), set("b", "${a}${missing}"), set("c", "plain")]);
  const { id } = await endedRunIn(storage);
  const facts = await storage.timeline.ofActiveflow(id);
  const ended = facts.filter(({ type }) => type === "action_ended");
  expect(ended.map(({ data }) => data.value)).toEqual([undefined, `${"x".repeat(500)}…`, undefined]);
  engine.stop();
  await storage.close();
});
