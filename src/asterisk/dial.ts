import { type Address, hostOfSipUri } from "../model/address.ts";
import type { DialTarget } from "../model/dial-target.ts";
import { type Dial, TelephonyError } from "../ports/telephony.ts";
import { type DialParts, dialOnce, HOPS_HEADER } from "./dial-once.ts";
import { OUTBOUND } from "./roles.ts";
import { trunkEndpoint } from "./trunks.ts";

/** PJSIP endpoints of `pjsip.conf` through which SIP URIs are called. */
const OTHER_HOSTS = "outbound";
const THIS_MACHINE = "loopback";

/** Makes the channel and rings; again, it finds the channel, and rings unless that has begun. */
export async function dial(
  parts: DialParts & { readonly application: string },
  channelId: string,
  { target, source, timeoutMs, hops }: Dial,
  signal: AbortSignal,
): Promise<void> {
  const caller = callerId(source);
  const channel = {
    endpoint: endpointOf(target),
    app: parts.application,
    appArgs: OUTBOUND,
    channelId,
    // Whom the other side sees is, for a channel that we make, the one it is connected with.
    variables: {
      "CALLERID(all)": caller,
      "CONNECTEDLINE(all,i)": caller,
      [`PJSIP_HEADER(add,${HOPS_HEADER})`]: String(hops),
    },
  };
  await dialOnce(parts, channel, Math.ceil(timeoutMs / 1_000), signal);
}

/** What Asterisk dials for a target. @throws TelephonyError for one that can't be dialled as it is. */
export function endpointOf(target: DialTarget): string {
  if (target.kind === "phone") return `PJSIP/${target.extension}/${target.uri}`;
  if (target.kind === "trunk") return trunkEndpoint(target.trunk_id, target.number);
  const host = hostOfSipUri(target.uri);
  if (host === undefined) {
    throw new TelephonyError("refused", "dial", "the SIP address is not a URI like sip:user@host");
  }
  const uri = /^sips?:/.test(target.uri) ? target.uri : `sip:${target.uri}`;
  const isHere = host === "localhost" || /^127\.\d+\.\d+\.\d+$/.test(host);
  return `PJSIP/${isHere ? THIS_MACHINE : OTHER_HOSTS}/${uri}`;
}

/** As SIP wants it: a display name in quotes, and a number without anything that could end the brackets. */
export function callerId({ target, target_name, name }: Address): string {
  const number = (target_name || target)
    .replace(/^sips?:/, "")
    .replace(/@.*$/, "")
    .replace(/[^\w+*#.-]/g, "");
  const shown = (name ?? "").replace(/["\\\p{Cc}]/gu, "");
  return `"${shown}" <${number}>`;
}
