import { type Address, hostOfSipUri } from "../model/address.ts";
import { type Dial, TelephonyError } from "../ports/telephony.ts";
import { type DialParts, dialOnce } from "./dial-once.ts";
import { OUTBOUND } from "./roles.ts";

/** PJSIP endpoints of `pjsip.conf` through which SIP URIs are called. */
const OTHER_HOSTS = "outbound";
const THIS_MACHINE = "loopback";

/** Makes the channel and rings; again, it finds the channel, and rings unless that has begun. */
export async function dial(
  parts: DialParts & { readonly application: string },
  channelId: string,
  { destination, source, timeoutMs }: Dial,
  signal: AbortSignal,
): Promise<void> {
  const caller = callerId(source);
  const channel = {
    endpoint: endpointOf(destination),
    app: parts.application,
    appArgs: OUTBOUND,
    channelId,
    // Whom the other side sees is, for a channel that we make, the one it is connected with.
    variables: { "CALLERID(all)": caller, "CONNECTEDLINE(all)": caller },
  };
  await dialOnce(parts, channel, Math.ceil(timeoutMs / 1_000), signal);
}

/** What Asterisk dials for an address. @throws TelephonyError for one that can't be dialled as it is. */
export function endpointOf({ type, target, target_name }: Address): string {
  if (type === "extension") return `PJSIP/${target_name || target}`;
  if (type !== "sip") {
    throw new TelephonyError("refused", "dial", `an address of type ${type} can't be dialled; use sip or extension`);
  }
  const host = hostOfSipUri(target);
  if (host === undefined) {
    throw new TelephonyError("refused", "dial", "the SIP address is not a URI like sip:user@host");
  }
  const uri = /^sips?:/.test(target) ? target : `sip:${target}`;
  const isHere = host === "localhost" || /^127\.\d+\.\d+\.\d+$/.test(host);
  return `PJSIP/${isHere ? THIS_MACHINE : OTHER_HOSTS}/${uri}`;
}

/** As SIP wants it: a display name in quotes, and a number without anything that could end the brackets. */
function callerId({ target, target_name, name }: Address): string {
  const number = (target_name || target)
    .replace(/^sips?:/, "")
    .replace(/@.*$/, "")
    .replace(/[^\w+*#.-]/g, "");
  const shown = (name ?? "").replace(/["\\\p{Cc}]/gu, "");
  return `"${shown}" <${number}>`;
}
