import type { Resource, ResourceStore } from "../../ports/resource-store.ts";
import type { Storage } from "../../ports/storage.ts";
import type { Telling } from "./telling.ts";

type Settings = Pick<
  Storage,
  "flows" | "numbers" | "extensions" | "trunks" | "tags" | "agents" | "queues" | "chatbots"
>;

/** The stores of what people set up, announcing what is made, changed and removed. */
export function announcingSettings(
  stores: Settings,
  { announced, announcedFromTheFirst, tellOnceRead }: Telling,
): Settings {
  const { flows, numbers, extensions, trunks, tags, agents, queues, chatbots } = stores;

  /** Told as it is when Asterisk has been given it, or could not be. */
  const createParty =
    <T extends Resource>(resource: "extension" | "trunk", { create, get }: ResourceStore<T>) =>
    async (made: T) => {
      await create(made);
      tellOnceRead(resource, "created", () => get(made.id));
    };

  return {
    flows: { ...flows, ...announcedFromTheFirst("flow", flows) },
    numbers: { ...numbers, ...announcedFromTheFirst("number", numbers) },
    extensions: {
      ...extensions,
      ...announced("extension", extensions),
      create: createParty("extension", extensions),
    },
    trunks: { ...trunks, ...announced("trunk", trunks), create: createParty("trunk", trunks) },
    tags: { ...tags, ...announcedFromTheFirst("tag", tags) },
    agents: { ...agents, ...announcedFromTheFirst("agent", agents) },
    queues: { ...queues, ...announcedFromTheFirst("queue", queues) },
    chatbots: { ...chatbots, ...announcedFromTheFirst("chatbot", chatbots) },
  };
}
