import type { Logger } from "pino";
import type { TimelineType } from "../model/timeline.ts";
import type { MessageStore } from "../ports/message-store.ts";
import type { GatewayNews, SmsGateway, SmsInbox, SmsState } from "../ports/sms-gateway.ts";
import type { IncomingText } from "../ports/text-messages.ts";
import { type ReportTime, reportDue } from "./by-sms.ts";
import { messageFact } from "./message-delivery.ts";

type Services = ReportTime & {
  readonly gateway: SmsGateway;
  readonly takeText: (text: IncomingText) => Promise<void>;
  readonly store: Pick<MessageStore, "get" | "settle">;
  readonly log: Pick<Logger, "warn">;
};

/** Takes what the gateway tells: texts that come in, and what became of those that went out. */
export function smsInbox({ gateway, takeText, store, clock, reportWithinMs, log }: Services): SmsInbox {
  async function note({ key, reference, state }: Extract<GatewayNews, { kind: "state" }>): Promise<void> {
    const { id = "", target = -1 } = placeOf(key);
    const message = await store.get(id);
    const one = message?.targets[target];
    if (!message || !one) return;
    const about = { message_id: id, target, destination: one.destination.type, reason: state.error };
    const by = { provider: gateway.name, ...(state.status === "failed" && { remedy: FAILED_REMEDY }) };
    const data = { ...about, ...by };
    // It may tell that it has taken a text before it has answered us.
    const due = state.status === "sent" ? reportDue({ reportWithinMs, clock }) : {};
    const news = { ...state, ...by, ...(reference === null ? {} : { reference }), ...due };
    await store.settle(message, target, news, [messageFact(message, clock.now(), FACTS[state.status], data)]);
  }

  return {
    async take(request) {
      const news = gateway.read(request);
      if (news.kind === "forged") {
        log.warn(
          { gateway: gateway.name, about: request.about },
          "a request that is not the SMS gateway's was refused",
        );
        return undefined;
      }
      if (news.kind === "text") await takeText(news.text);
      if (news.kind === "state") await note(news);
      return gateway.thanks;
    },
  };
}

const FAILED_REMEDY =
  "look up in the gateway's documentation what that means; the number may be wrong, or its phone away";

const FACTS: Readonly<Record<SmsState["status"], TimelineType>> = {
  sent: "message_sent",
  delivered: "message_delivered",
  failed: "message_failed",
};

/** `ID.0`: the message, and which of its targets. */
function placeOf(key: string): { readonly id?: string; readonly target?: number } {
  const [, id, target] = /^([0-9a-f-]{36})\.(\d{1,3})$/.exec(key) ?? [];
  return id === undefined ? {} : { id, target: Number(target) };
}
