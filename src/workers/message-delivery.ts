/** Sends one target of a stored message, by the way that its type has, and stores what became of it. */
import type { Logger } from "pino";
import type { Address } from "../model/address.ts";
import type { Message, MessageTarget, TargetNews } from "../model/message.ts";
import type { TimelineEntry, TimelineType } from "../model/timeline.ts";
import type { Clock } from "../ports/clock.ts";
import type { ClaimedDelivery, MessageRequest } from "../ports/delivery-store.ts";
import type { MessageStore } from "../ports/message-store.ts";
import { StorageError } from "../ports/storage-error.ts";
import { type AnswerLoops, LOOP_REMEDY } from "./answer-loops.ts";

/** For all phones of one target; less than the lease of a delivery. */
const DEADLINE_MS = 10_000;
/** What is older is no news any more. */
const PATIENCE_MS = 3_600_000;

/** One target of a message, about to be sent. */
export type Parcel = {
  readonly message: Message;
  readonly target: number;
  readonly destination: Address;
  /** Which attempt it is, from 1. */
  readonly attempt: number;
  /** What it counts, should it be answered automatically. */
  readonly hops: number;
};

export type Sent = TargetNews & {
  /** Whether another try may do better; what it is told as when there is none any more. */
  readonly mayPass: boolean;
};

/** A way for texts to addresses of some types. Rejects only with the signal's reason, or a StorageError. */
export type Way = (parcel: Parcel, signal: AbortSignal) => Promise<Sent>;

type Services = {
  readonly store: MessageStore;
  readonly ways: Readonly<Partial<Record<Address["type"], Way>>>;
  readonly loops: AnswerLoops;
  readonly clock: Clock;
  readonly log: Pick<Logger, "warn" | "error">;
};

export type ClaimedMessage = ClaimedDelivery & { readonly request: MessageRequest };

export interface MessageDelivery {
  /** Whether it is to be tried again; if not, what became of it is stored, and the delivery forgotten. */
  deliver(delivery: ClaimedMessage, closing: AbortSignal): Promise<"settled" | "again">;
}

export function messageDelivery({ store, ways, loops, clock, log }: Services): MessageDelivery {
  async function send(parcel: Parcel, closing: AbortSignal): Promise<Sent> {
    const { type } = parcel.destination;
    const way = ways[type];
    if (!way) {
      const error = `a message can't go to an address of type ${type}: give ${Object.keys(ways).join(", ")}`;
      return { status: "failed", error, mayPass: false, remedy: "give an address of another type" };
    }
    const deadline = AbortSignal.timeout(DEADLINE_MS);
    try {
      return await way(parcel, AbortSignal.any([closing, deadline]));
    } catch (error) {
      if (closing.aborted || error instanceof StorageError) throw error;
      if (deadline.aborted) return failed(`no answer within ${DEADLINE_MS / 1_000} s`, SLOW_REMEDY);
      // For as long as any other: what we have done wrong must not keep it for ever.
      log.error({ err: error, message_id: parcel.message.id }, "a fault of ours while a message was sent");
      return failed("a fault of Ringdown's own, which is in its log", "see the log, and tell who makes Ringdown");
    }
  }

  /** The report of a text has not come in time; one that has come is no news to it. */
  async function unreported(message: Message, target: number, { destination }: MessageTarget): Promise<"settled"> {
    const about = { message_id: message.id, target, destination: destination.type };
    const data = { ...about, reason: null, remedy: UNREPORTED_REMEDY };
    const error = "the gateway has not said what became of it";
    await store.settle(message, target, { status: "dlr_timeout", error, remedy: UNREPORTED_REMEDY }, [
      messageFact(message, clock.now(), "message_dlr_timeout", data),
    ]);
    return "settled";
  }

  return {
    async deliver(delivery, closing) {
      const { message_id, target, awaits } = delivery.request;
      const message = await store.get(message_id);
      const one = message?.targets[target];
      if (message && one && awaits) return unreported(message, target, one);
      if (!message || one?.status !== "queued") {
        await store.settle({ id: message_id }, target, { status: "failed", error: null }, []);
        return "settled";
      }
      const { destination } = one;
      const { attempts: attempt } = delivery;
      const counted = await loops.count(message, destination, attempt === 1);
      const { mayPass, ...news }: Sent =
        "why" in counted
          ? { status: "failed", error: counted.why, mayPass: false, remedy: LOOP_REMEDY }
          : await send({ message, target, destination, attempt, hops: counted.hops }, closing);
      if (closing.aborted) return "again";
      const nowMs = clock.now();
      if (mayPass && nowMs - delivery.createdAtMs < PATIENCE_MS) return "again";
      const data = { message_id, target, destination: destination.type, attempts: delivery.attempts };
      const { provider, remedy } = news;
      const by = { ...(provider !== undefined && { provider }), ...(remedy !== undefined && { remedy }) };
      const isSent = news.status === "sent";
      // Why is told where its owner looks: it may name numbers.
      if (!isSent) log.warn(data, "message not sent");
      await store.settle(message, target, news, [
        messageFact(message, nowMs, isSent ? "message_sent" : "message_failed", { ...data, ...by, reason: news.error }),
      ]);
      return "settled";
    },
  };
}

const failed = (error: string, remedy: string): Sent => ({ status: "failed", error, mayPass: true, remedy });

const SLOW_REMEDY = "look whether the phone, or the gateway, has an outage, and can be reached from here";
const UNREPORTED_REMEDY =
  "look whether the gateway reaches RINGDOWN_PUBLIC_URL; its own log tells what became of the text";

/** What the timeline tells of a message. */
export function messageFact(
  { activeflow_id, call_id }: Message,
  atMs: number,
  type: TimelineType,
  { reason, ...data }: Readonly<Record<string, unknown>>,
): TimelineEntry {
  const whole = reason === null ? data : { ...data, reason };
  return { at: new Date(atMs).toISOString(), type, activeflow_id, call_id, data: whole };
}
