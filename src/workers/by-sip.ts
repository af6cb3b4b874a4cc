import type { Destinations } from "../engine/dialing/destinations.ts";
import type { Address } from "../model/address.ts";
import type { DialTarget } from "../model/dial-target.ts";
import type { Message } from "../model/message.ts";
import { TelephonyError } from "../ports/telephony.ts";
import type { OutgoingText, TextMessages } from "../ports/text-messages.ts";
import type { Sent, Way } from "./message-delivery.ts";

type Services = { readonly destinations: Destinations; readonly sip: Pick<TextMessages, "send"> };

type Plan = { readonly source: Address; readonly targets: readonly DialTarget[]; readonly error: string | undefined };

/** To all phones of an extension, or to a SIP address. */
export function bySip({ destinations, sip }: Services): Way {
  async function planFor({ customer_id, source: given }: Message, destination: Address): Promise<Plan> {
    const { source, lines } = await destinations.plan([destination], { customerId: customer_id, source: given });
    const legs = lines.flat(2);
    return {
      source,
      targets: legs.flatMap(({ targets }) => targets),
      error: legs.find(({ fault }) => fault)?.fault?.why,
    };
  }

  async function sendTo(target: DialTarget, text: OutgoingText, signal: AbortSignal): Promise<Sent> {
    try {
      await sip.send(target, text, signal);
      return { status: "sent", error: null, mayPass: false };
    } catch (error) {
      const refused = error instanceof TelephonyError && error.fault !== "unavailable";
      const why = error instanceof Error ? error.message : "failed";
      return { status: "failed", error: why, mayPass: !refused, remedy: refused ? REFUSED_REMEDY : AWAY_REMEDY };
    }
  }

  return async ({ message, destination, hops }, signal) => {
    const { source, targets, error } = await planFor(message, destination);
    if (error !== undefined) return { status: "failed", error, mayPass: false, remedy: NOBODY_REMEDY };
    const { text } = message;
    const results = await Promise.all(targets.map((target) => sendTo(target, { source, text, hops }, signal)));
    // One phone that has it is enough: sent again, it would have it twice.
    return (
      results.find(({ status }) => status === "sent") ?? results.find(({ mayPass }) => mayPass) ?? results[0] ?? LOST
    );
  };
}

const NOBODY_REMEDY = "look whether there is such an extension, and whether a phone is registered with it";
const REFUSED_REMEDY = "look whether the address is right: Asterisk knows no way to it";
const AWAY_REMEDY = "look whether Asterisk runs and answers: GET /readyz tells";

const LOST: Sent = { status: "failed", error: "there is nobody to send it to", mayPass: false, remedy: NOBODY_REMEDY };
