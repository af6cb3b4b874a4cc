import { fileURLToPath } from "node:url";
import { pino } from "pino";
import { expect, test } from "vitest";
import { loadDemo } from "../src/demo.ts";
import { systemClock as clock } from "../src/providers/system/clock.ts";
import { randomIds as ids } from "../src/providers/system/ids.ts";
import { openStorage } from "../src/storage/open-storage.ts";
import { type } from "./cli/terminal.ts";

const open = () => openStorage("sqlite::memory:", { log: pino({ level: "silent" }), clock });

test("the menu leads to a conference and a chatbot that there are, and to load it again makes no others", async () => {
  const storage = await open();
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

test("each softphone has its number, unless somebody gave that another flow; to load it again makes no others", async () => {
  const storage = await open();
  const parts = { storage, clock, ids };
  await loadDemo(parts, { 1001: "secret", 1002: undefined });
  const first = await storage.numbers.route("1001");
  expect(await storage.numbers.route("1002")).toBeUndefined();
  await storage.numbers.update(first?.id ?? "", { call_flow_id: null });
  for (const _time of [1, 2]) await loadDemo(parts, { 1001: "secret", 1002: "secret" });
  const second = await storage.numbers.route("1002");
  expect((await storage.numbers.route("1001"))?.call_flow_id).toBeNull();
  const flow = await storage.flows.get(second?.call_flow_id ?? "");
  expect(flow?.actions[0]).toMatchObject({
    type: "connect",
    option: { destinations: [{ type: "extension", target_name: "${voipbin.call.destination.target}" }] },
  });
  expect((await storage.flows.list(storage.defaultCustomerId, { pageSize: 9 })).result).toHaveLength(3);
  expect((await storage.numbers.list(storage.defaultCustomerId, { pageSize: 9 })).result).toHaveLength(3);
  await storage.close();
});

test.each([
  ["who tries one thing after the other is offered the menu again and again", "7,7,7,7,7,8,7,9", 8],
  ["who presses nothing is let go after a while", "", 4],
])("%s", async (_what, keys, menus) => {
  const menu = fileURLToPath(new URL("../demo/menu.json", import.meta.url));
  const { out } = await type(["flow", "simulate", menu, ...(keys === "" ? [] : ["--digits", keys])]);
  expect(out.match(/Welcome to Ringdown/g)).toHaveLength(menus);
  expect(out.match(/Goodbye\./g)).toHaveLength(1);
});
