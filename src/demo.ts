import { readFileSync } from "node:fs";
import { actions as catalogue } from "./actions/registry.generated.ts";
import { validateFlow } from "./flow/validate.ts";
import type { Clock } from "./ports/clock.ts";
import type { Ids } from "./ports/ids.ts";
import type { Storage } from "./ports/storage.ts";

const NUMBER = "1000";
const MENU = new URL("../demo/menu.json", import.meta.url);

/** Leads the number 1000 to the demo's menu, unless somebody has given it another flow. */
export async function loadDemo(storage: Storage, clock: Clock, ids: Ids): Promise<void> {
  const existing = await storage.numbers.route(NUMBER);
  if (existing?.number === NUMBER) return;
  const { flow, errors } = validateFlow(JSON.parse(readFileSync(MENU, "utf8")), { catalogue, nextId: ids.next });
  if (!flow) throw new Error(`the demo's menu is wrong: ${errors.map(({ message }) => message).join("; ")}`);
  const tm_create = new Date(clock.now()).toISOString();
  const common = { customer_id: storage.defaultCustomerId, tm_create, tm_update: tm_create };
  const flowId = ids.next();
  await storage.flows.create({ ...common, id: flowId, ...flow, on_complete_flow_id: null });
  await storage.numbers.create({
    ...common,
    id: ids.next(),
    number: NUMBER,
    name: "demo",
    detail: "",
    call_flow_id: flowId,
    message_flow_id: null,
  });
}
