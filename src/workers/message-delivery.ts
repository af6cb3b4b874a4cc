/** Sends one target of a stored message: to all phones of an extension, to a SIP address. */
import type { Logger } from "pino";
import type { Destinations } from "../engine/dialing/destinations.ts";
import type { Address } from "../model/address.ts";
import type { DialTarget } from "../model/dial-target.ts";
import type { Message } from "../model/message.ts";
import type { TimelineEntry, TimelineType } from "../model/timeline.ts";
import type { Clock } from "../ports/clock.ts";
import type { ClaimedDelivery, MessageRequest } from "../ports/delivery-store.ts";
import type { MessageStore } from "../ports/message-store.ts";
import { TelephonyError } from "../ports/telephony.ts";
import type { TextMessages } from "../ports/text-messages.ts";

/** For all phones of one target. */
const DEADLINE_MS = 10_000;
/** What is older is no news any more. */
const PATIENCE_MS = 3_600_000;

type Services = {
  readonly store: MessageStore;
  readonly destinations: Destinations;
  readonly sip: TextMessages;
  readonly clock: Clock;
  readonly log: Pick<Logger, "warn">;
};

export type ClaimedMessage = ClaimedDelivery & { readonly request: MessageRequest };

export interface MessageDelivery {
  /** Whether it is to be tried again; if not, what became of it is stored, and the delivery forgotten. */
  deliver(delivery: ClaimedMessage, closing: AbortSignal): Promise<"settled" | "again">;
}

export function messageDelivery({ store, destinations, sip, clock, log }: Services): MessageDelivery {
  async function send(message: Message, destination: Address, signal: AbortSignal): Promise<Result> {
    const targets = await targetsOf(message, destination);
    if ("error" in targets) return { status: "failed", error: targets.error, mayPass: false };
    const results = await Promise.all(targets.map((target) => sendTo(target, message, signal)));
    // One phone that has it is enough: sent again, it would have it twice.
    return (
      results.find(({ status }) => status === "sent") ?? results.find(({ mayPass }) => mayPass) ?? results[0] ?? LOST
    );
  }

  async function targetsOf(
    { customer_id, source }: Message,
    destination: Address,
  ): Promise<readonly DialTarget[] | { readonly error: string }> {
    if (!BY_SIP.includes(destination.type)) {
      return { error: `a message can't go to an address of type ${destination.type}: give sip or extension` };
    }
    const [line = []] = await destinations.linesTo([destination], { customerId: customer_id, source });
    const legs = line.flat();
    const error = legs.find(({ fault }) => fault)?.fault?.why;
    return error === undefined ? legs.flatMap(({ targets }) => targets) : { error };
  }

  async function sendTo(target: DialTarget, { source, text }: Message, signal: AbortSignal): Promise<Result> {
    try {
      await sip.send(target, source, text, signal);
      return { status: "sent", error: null, mayPass: false };
    } catch (error) {
      const refused = error instanceof TelephonyError && error.fault !== "unavailable";
      const why = error instanceof Error ? error.message : "failed";
      return { status: "failed", error: why, mayPass: !refused };
    }
  }

  return {
    async deliver(delivery, closing) {
      const { message_id, target } = delivery.request;
      const message = await store.get(message_id);
      const one = message?.targets[target];
      if (!message || one?.status !== "queued") {
        await store.settle({ id: message_id }, target, { status: "failed", error: null }, []);
        return "settled";
      }
      const signal = AbortSignal.any([closing, AbortSignal.timeout(DEADLINE_MS)]);
      const { mayPass, ...settled } = await send(message, one.destination, signal);
      if (closing.aborted) return "again";
      const nowMs = clock.now();
      if (mayPass && nowMs - delivery.createdAtMs < PATIENCE_MS) return "again";
      const data = { message_id, target, destination: one.destination.type, attempts: delivery.attempts };
      if (settled.status === "failed") log.warn({ ...data, reason: settled.error }, "message not sent");
      const type = settled.status === "sent" ? "message_sent" : "message_failed";
      await store.settle(message, target, settled, [
        fact(message, nowMs, type, settled.error === null ? data : { ...data, reason: settled.error }),
      ]);
      return "settled";
    },
  };
}

const BY_SIP: readonly Address["type"][] = ["sip", "extension"];

type Result = {
  readonly status: "sent" | "failed";
  readonly error: string | null;
  /** Whether another try may do better. */
  readonly mayPass: boolean;
};

const LOST: Result = { status: "failed", error: "there is nobody to send it to", mayPass: false };

const fact = (
  { activeflow_id, call_id }: Message,
  atMs: number,
  type: TimelineType,
  data: Readonly<Record<string, unknown>>,
): TimelineEntry => ({ at: new Date(atMs).toISOString(), type, activeflow_id, call_id, data });
