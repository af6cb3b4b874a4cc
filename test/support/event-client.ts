import { once } from "node:events";
import { WebSocket } from "ws";
import { z } from "zod";
import { eventually } from "./eventually.ts";

const eventSchema = z.looseObject({ type: z.string(), data: z.looseObject({}) });
export type Event = z.infer<typeof eventSchema>;

/** A client of `/v1.0/ws`. */
export type EventClient = Disposable & {
  /** Everything that came, answers to subscriptions too. */
  readonly events: readonly Event[];
  send(message: unknown): void;
  /** Subscribes, and waits until that counts. */
  subscribe(...topics: readonly string[]): Promise<void>;
  /** Waits for an event of this type, of which `data` has these fields; fails with what came instead. */
  event(type: string, data?: Readonly<Record<string, unknown>>): Promise<Event>;
  readonly closed: Promise<number>;
};

/** Connects. Rejects with the status when that is refused. */
export async function listenToEvents(base: string, key: string): Promise<EventClient> {
  const socket = new WebSocket(`${base.replace(/^http/, "ws")}/v1.0/ws`, {
    headers: { authorization: `Bearer ${key}` },
  });
  const events: Event[] = [];
  socket.on("message", (text) => events.push(eventSchema.parse(JSON.parse(String(text)))));
  const closed = new Promise<number>((resolve) => {
    socket.on("close", resolve);
  });
  await once(socket, "open");
  const event: EventClient["event"] = (type, data = {}) =>
    eventually(`the event ${type}`, () => {
      const found = events.find(
        (one) => one.type === type && Object.entries(data).every(([name, value]) => one.data[name] === value),
      );
      if (!found) throw new Error(`came: ${events.map((one) => one.type).join(", ")}`);
      return found;
    });
  const send = (message: unknown) => socket.send(typeof message === "string" ? message : JSON.stringify(message));
  return {
    events,
    send,
    async subscribe(...topics) {
      send({ type: "subscribe", topics });
      await event("subscribed");
    },
    event,
    closed,
    [Symbol.dispose]: () => socket.terminate(),
  };
}
