import { isAllowed } from "../engine/dialing/routes.ts";
import type { Message, TargetNews } from "../model/message.ts";
import { isTelephoneNumber } from "../model/telephone.ts";
import type { Clock } from "../ports/clock.ts";
import type { MessageStore } from "../ports/message-store.ts";
import type { Sms, SmsGateway, SmsOutcome } from "../ports/sms-gateway.ts";
import type { Storage } from "../ports/storage.ts";
import type { Parcel, Sent, Way } from "./message-delivery.ts";

export type ReportTime = {
  readonly clock: Pick<Clock, "now">;
  /** How long the gateway may take to say what became of a text; undefined: it does not say. */
  readonly reportWithinMs: number | undefined;
};

type Services = ReportTime & {
  readonly gateway: SmsGateway | undefined;
  /** Who sends when a message has no number of its own. */
  readonly sender: string | undefined;
  /** Prefixes of the telephone numbers that may be written to. */
  readonly allowed: readonly string[];
  readonly numbers: Pick<Storage["numbers"], "route">;
  readonly store: Pick<MessageStore, "begin">;
};

/**
 * To a telephone number, through the gateway. Before each first try it is stored that one begins: whoever finds that looks
 * at the gateway, if that can tell, whether the text is out already.
 */
export function bySms({ gateway, sender, allowed, numbers, store, clock, reportWithinMs }: Services): Way {
  /** The number that the message is to come from, or why there is none. */
  async function senderOf({ source, customer_id }: Message): Promise<{ from: string } | { why: string }> {
    const from = source.type === "tel" ? source.target : sender;
    if (!from) return { why: "who sends it? give a source of type tel, or set RINGDOWN_SMS_FROM" };
    const owned = await numbers.route(from);
    const isOfOthers = owned !== undefined && owned.number === from && owned.customer_id !== customer_id;
    return isOfOthers ? { why: "the source is a number of somebody else" } : { from };
  }

  async function outcomeOf(to: SmsGateway, sms: Sms, parcel: Parcel, signal: AbortSignal): Promise<SmsOutcome> {
    const { message, target, attempt } = parcel;
    const began = Date.parse(await store.begin(message.id, target, new Date(clock.now()).toISOString()));
    if (attempt > 1 && to.find) {
      try {
        const found = await to.find(sms, began, signal);
        if (found) return { kind: "accepted", ...found };
      } catch {
        signal.throwIfAborted();
        return { kind: "unsure", why: `${to.name} could not be asked whether it has the text already` };
      }
    }
    return to.send(sms, signal);
  }

  return async (parcel, signal) => {
    const { message, destination, target } = parcel;
    const to = destination.target;
    const no = "no SMS gateway is configured: set RINGDOWN_SMS_GATEWAY (docs/messages.md)";
    if (!gateway) return refused(no, "set RINGDOWN_SMS_GATEWAY: docs/messages.md");
    if (!isTelephoneNumber(to)) return refused("a telephone number is written like +4930123456", "write it so");
    if (!isAllowed(to, allowed)) {
      return refused(
        "RINGDOWN_OUTBOUND_ALLOW has no prefix of this number",
        "add its prefix there, if it may be written to",
      );
    }
    const found = await senderOf(message);
    if ("why" in found) return refused(found.why, "give a source of type tel that is yours, or set RINGDOWN_SMS_FROM");
    const sms = { key: `${message.id}.${target}`, from: found.from, to, text: message.text };
    const sent = sentAs(await outcomeOf(gateway, sms, parcel, signal), reportDue({ reportWithinMs, clock }));
    return { ...sent, provider: gateway.name };
  };
}

/** When it should be known what becomes of a text that is taken now. */
export const reportDue = ({ reportWithinMs, clock }: ReportTime): ReportDue =>
  reportWithinMs === undefined ? {} : { reportDueAtMs: clock.now() + reportWithinMs };

type ReportDue = Pick<TargetNews, "reportDueAtMs">;

function sentAs(outcome: SmsOutcome, due: ReportDue): Sent {
  switch (outcome.kind) {
    case "accepted":
      return {
        ...{ status: "sent", error: null, reference: outcome.reference, mayPass: false },
        ...(outcome.parts !== undefined && { parts: outcome.parts }),
        ...due,
      };
    case "refused":
      return refused(outcome.why, REMEDIES.refused);
    case "busy":
      return { status: "gw_timeout", error: outcome.why, mayPass: true, remedy: REMEDIES.busy };
    case "unsure": {
      const error = `${outcome.why}; it may have been sent all the same`;
      return { status: "gw_timeout", error, mayPass: true, remedy: REMEDIES.unsure };
    }
  }
}

const REMEDIES = {
  refused:
    "look up in the gateway's documentation what its answer means; the settings of its account: docs/messages.md",
  busy: "have the gateway take more texts at once, or send fewer",
  unsure: "look whether the gateway has an outage, and can be reached from here",
} as const;

const refused = (error: string, remedy: string): Sent => ({ status: "failed", error, mayPass: false, remedy });
