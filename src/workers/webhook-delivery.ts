/**
 * Sends what is in the outbox: requests of flows, and by way of `message-delivery.ts` texts.
 *
 * 1. A delivery is held by a lease; whoever dies with one leaves it to the next process after that time.
 * 2. It arrives at least once: the receiver tells a second time by its id.
 * 3. Deliveries of one lane are made in order; one that fails holds up its own lane only, for a day at most.
 */
import type { Logger } from "pino";
import { remedyOf } from "../flow/refusal.ts";
import type { TimelineEntry, TimelineType } from "../model/timeline.ts";
import type { Clock } from "../ports/clock.ts";
import type { ClaimedDelivery, DeliveryStore } from "../ports/delivery-store.ts";
import type { FlowRequests } from "../ports/flow-requests.ts";
import { OutboundError } from "../ports/outbound-http.ts";
import type { DeliveryRequest } from "../ports/outbox.ts";
import type { Storage } from "../ports/storage.ts";
import type { ClaimedMessage, MessageDelivery } from "./message-delivery.ts";

const DEADLINE_MS = 10_000;
/** A little longer than an attempt can take. */
const LEASE_MS = 12_000;
/** How often we look for what other processes left, and for what is due again. */
const LOOK_MS = 1_000;
/** So many that servers which do not answer leave room for others. */
const MOST_AT_ONCE = 200;
const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 3_600_000;
const PATIENCE_MS = 86_400_000;
/** Refusals that may pass: request timeout, too early, too many requests. */
const PASSING_STATUSES: readonly number[] = [408, 425, 429];

type Services = {
  readonly deliveries: DeliveryStore;
  readonly http: FlowRequests;
  readonly messages: MessageDelivery;
  readonly clock: Clock;
  readonly log: Pick<Logger, "info" | "warn" | "error">;
};

export type WebhookDelivery = {
  start(): void;
  /** Looks at once, because something has been stored. */
  wake(): void;
  stop(): Promise<void>;
};

/** The worker; it does nothing until it is started. */
export function webhookDelivery({ deliveries, http, messages, clock, log }: Services): WebhookDelivery {
  const closing = new AbortController();
  const running = new Set<Promise<void>>();
  let pause = new AbortController();
  let work = Promise.resolve();
  const wake = () => pause.abort();

  async function look(): Promise<void> {
    while (!closing.signal.aborted) {
      pause = new AbortController();
      for (const delivery of await claim()) begin(delivery);
      await clock.sleepUntil(clock.now() + LOOK_MS, pause.signal).catch(() => undefined);
    }
  }

  async function claim(): Promise<readonly ClaimedDelivery[]> {
    const most = MOST_AT_ONCE - running.size;
    const nowMs = clock.now();
    if (most === 0) return [];
    return deliveries.claim({ nowMs, untilMs: nowMs + LEASE_MS, most }).catch((error) => {
      log.warn({ err: error }, "outbox could not be read");
      return [];
    });
  }

  function begin(delivery: ClaimedDelivery): void {
    const made = deliver(delivery)
      .catch((error) => log.error({ err: error, delivery_id: delivery.id }, "what became of a delivery is not stored"))
      .finally(() => {
        running.delete(made);
        // The next one of its lane may go.
        wake();
      });
    running.add(made);
  }

  async function deliver(delivery: ClaimedDelivery): Promise<void> {
    const { request } = delivery;
    if ("message_id" in request) return deliverMessage({ ...delivery, request });
    const one = { ...delivery, request };
    const result = await attempt(one);
    if (closing.signal.aborted) return;
    const { id, attempts } = delivery;
    const { host } = new URL(request.url);
    const nowMs = clock.now();
    if (result.arrived) {
      const { status } = result;
      return deliveries.delivered(id, [fact(delivery, nowMs, "webhook_delivered", { host, status, attempts })]);
    }
    const failed = { host, attempts, reason: result.reason, remedy: result.remedy };
    if (!result.mayPass || nowMs - delivery.createdAtMs >= PATIENCE_MS) {
      log.warn({ delivery_id: id, ...failed }, "webhook given up");
      return deliveries.givenUp(id, [fact(delivery, nowMs, "webhook_failed", { ...failed, next_attempt_at: null })]);
    }
    const againAtMs = nowMs + delayMs(attempts);
    const next_attempt_at = new Date(againAtMs).toISOString();
    return deliveries.postponed(id, againAtMs, [
      fact(delivery, nowMs, "webhook_failed", { ...failed, next_attempt_at }),
    ]);
  }

  async function deliverMessage(delivery: ClaimedMessage): Promise<void> {
    const became = await messages.deliver(delivery, closing.signal);
    if (became === "settled" || closing.signal.aborted) return;
    await deliveries.postponed(delivery.id, clock.now() + delayMs(delivery.attempts), []);
  }

  async function attempt({ id, request, attempts }: ClaimedRequest): Promise<Result> {
    const { url, method, body } = request;
    const headers = { ...request.headers, "x-ringdown-delivery": id, "x-ringdown-attempt": String(attempts) };
    const whole = { url, method, headers, ...(body === undefined ? {} : { body }), idempotencyKey: id };
    try {
      const { status } = await http.send({ ...whole, tries: 1, deadlineMs: DEADLINE_MS }, closing.signal);
      if (status >= 200 && status <= 299) return { arrived: true, status };
      return {
        arrived: false,
        reason: `answered ${status}`,
        remedy: remedyOf(status),
        mayPass: status >= 500 || PASSING_STATUSES.includes(status),
      };
    } catch (error) {
      if (!(error instanceof OutboundError))
        return { arrived: false, reason: "failed", remedy: "see the log", mayPass: true };
      const { fault, remedy } = error;
      return { arrived: false, reason: fault, remedy, mayPass: fault !== "refused" };
    }
  }

  return {
    start() {
      work = look();
    },
    wake,
    async stop() {
      closing.abort(new Error("the process stops"));
      wake();
      await work;
      await Promise.all(running);
    },
  };
}

type ClaimedRequest = ClaimedDelivery & { readonly request: DeliveryRequest };

type Result =
  | { readonly arrived: true; readonly status: number }
  | { readonly arrived: false; readonly reason: string; readonly remedy: string; readonly mayPass: boolean };

/** Grows from attempt to attempt. */
const delayMs = (attempts: number): number => Math.min(FIRST_DELAY_MS * 2 ** (attempts - 1), LONGEST_DELAY_MS);

const fact = (
  { activeflow_id, call_id }: ClaimedDelivery,
  atMs: number,
  type: TimelineType,
  data: Readonly<Record<string, unknown>>,
): TimelineEntry => ({ at: new Date(atMs).toISOString(), type, activeflow_id, call_id, data });

/** The same storage, which tells when it has stored something to be sent. */
export const announcingDeliveries = (storage: Storage, wake: () => void): Storage => ({
  ...storage,
  activeflows: {
    ...storage.activeflows,
    async save(id, change, facts) {
      await storage.activeflows.save(id, change, facts);
      if (change.deliveries || change.messages) wake();
    },
  },
  messages: {
    ...storage.messages,
    async create(message) {
      await storage.messages.create(message);
      wake();
    },
  },
});
