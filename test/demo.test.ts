import { pino } from "pino";
import { expect, test } from "vitest";
import { loadDemo } from "../src/demo.ts";
import { systemClock as clock } from "../src/providers/system/clock.ts";
import { randomIds as ids } from "../src/providers/system/ids.ts";
import { openStorage } from "../src/storage/open-storage.ts";

test("the menu leads to a conference and a chatbot that there are, and to load it again makes no others", async () => {
  const storage = await openStorage("sqlite::memory:", { log: pino({ level: "silent" }), clock });
  for (const _time of [1, 2]) await loadDemo({ storage, clock, ids }, {});
  const number = await storage.numbers.route("1000");
  const flow = await storage.flows.get(number?.call_flow_id ?? "");
  const join = flow?.actions.find(({ type }) => type === "conference_join");
  const page = await storage.conferences.list(storage.defaultCustomerId, { pageSize: 5 });
  expect(page.result).toMatchObject([{ id: join?.option.conference_id, status: "starting", name: "demo" }]);
  expect(await storage.confbridges.get(page.result[0]?.confbridge_id ?? "")).toMatchObject({ status: "progressing" });
  const talk = flow?.actions.find(({ type }) => type === "chatbot_talk");
  const chatbots = await storage.chatbots.list(storage.defaultCustomerId, { pageSize: 5 });
  expect(chatbots.result).toMatchObject([{ id: talk?.option.chatbot_id, engine_type: "script", name: "demo" }]);
  await storage.close();
});
