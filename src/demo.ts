import { readFileSync } from "node:fs";
import { actions as catalogue } from "./actions/registry.generated.ts";
import { validateFlow } from "./flow/validate.ts";
import { digestOfPassword } from "./http/secrets.ts";
import { type Chatbot, chatbotDocumentSchema } from "./model/chatbot.ts";
import { newConference } from "./model/new-conference.ts";
import type { Clock } from "./ports/clock.ts";
import type { Ids } from "./ports/ids.ts";
import type { Storage } from "./ports/storage.ts";

const MENU_NUMBER = "1000";
const CHATBOT = new URL("../demo/chatbot.json", import.meta.url);
const MENU = new URL("../demo/menu.json", import.meta.url);
const SOFTPHONES = new URL("../demo/softphones.json", import.meta.url);

type Parts = { readonly storage: Storage; readonly clock: Clock; readonly ids: Ids };

/** The passwords of softphone accounts by their number. */
type Passwords = Readonly<Record<string, string | undefined>>;

/** Leads the number 1000 to a spoken menu, and makes softphone accounts, with numbers, of those that have a password. */
export async function loadDemo(parts: Parts, passwords: Passwords): Promise<void> {
  await loadNumbers(parts, [MENU_NUMBER], MENU);
  const softphones = Object.entries(passwords).flatMap(([extension, password]) =>
    password === undefined ? [] : [{ extension, password }],
  );
  for (const { extension, password } of softphones) await loadSoftphone(parts, extension, password);
  const numbers = softphones.map(({ extension }) => extension);
  await loadNumbers(parts, numbers, SOFTPHONES);
}

/** Unless somebody has made an account of that number; the default customer's gets the password of the settings. */
async function loadSoftphone({ storage, clock, ids }: Parts, extension: string, password: string): Promise<void> {
  const secret = digestOfPassword(extension, password);
  const existing = await storage.extensions.byName(extension);
  if (existing) {
    const isCurrent = existing.customer_id !== storage.defaultCustomerId || existing.digest === secret.digest;
    if (!isCurrent) await storage.extensions.update(existing.id, secret);
    return;
  }
  const tm_create = new Date(clock.now()).toISOString();
  await storage.extensions.create({
    id: ids.next(),
    customer_id: storage.defaultCustomerId,
    extension,
    name: "",
    detail: "demo",
    message_flow_id: null,
    ...secret,
    status: "pending",
    status_reason: null,
    tm_create,
    tm_update: tm_create,
  });
}

/** The conference that the menu leads to, under the id that it has there. */
async function loadConference(
  { storage, ids }: Omit<Parts, "clock">,
  id: string,
  common: { readonly customer_id: string; readonly tm_create: string },
): Promise<void> {
  if (await storage.conferences.get(id)) return;
  const { conference, confbridge } = newConference(
    { ...common, id, confbridgeId: ids.next() },
    {
      type: "conference",
      name: "demo",
      detail: "",
      data: {},
      timeout: 0,
      locked: false,
      pre_flow_id: null,
      post_flow_id: null,
    },
  );
  await storage.conferences.create(conference, confbridge);
}

/** The chatbot that the menu leads to, under the id that it has there. */
async function loadChatbot(
  { chatbots }: Storage,
  id: string,
  common: Pick<Chatbot, "customer_id" | "tm_create" | "tm_update">,
): Promise<void> {
  if (await chatbots.get(id)) return;
  const document = chatbotDocumentSchema.parse(JSON.parse(readFileSync(CHATBOT, "utf8")));
  await chatbots.create({ ...common, id, ...document });
}

/** Leads those of the numbers to a flow that lead nowhere yet. */
async function loadNumbers({ storage, clock, ids }: Parts, numbers: readonly string[], document: URL): Promise<void> {
  const routes = await Promise.all(numbers.map((number) => storage.numbers.route(number)));
  const free = numbers.filter((number, index) => routes[index]?.number !== number);
  if (free.length === 0) return;
  const { flow, errors } = validateFlow(JSON.parse(readFileSync(document, "utf8")), { catalogue, nextId: ids.next });
  if (!flow) throw new Error(`the demo is wrong: ${errors.map(({ message }) => message).join("; ")}`);
  const tm_create = new Date(clock.now()).toISOString();
  const common = { customer_id: storage.defaultCustomerId, tm_create, tm_update: tm_create };
  for (const { type, option } of flow.actions) {
    if (type === "chatbot_talk") await loadChatbot(storage, String(option.chatbot_id), common);
    if (type === "conference_join") await loadConference({ storage, ids }, String(option.conference_id), common);
  }
  const flowId = ids.next();
  await storage.flows.create({ ...common, id: flowId, ...flow, on_complete_flow_id: null });
  for (const number of free) {
    const led = { number, name: "demo", detail: "", call_flow_id: flowId, message_flow_id: null };
    await storage.numbers.create({ ...common, id: ids.next(), ...led });
  }
}
