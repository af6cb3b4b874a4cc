import { isIPv6 } from "node:net";
import { orAborted } from "../../ports/or-aborted.ts";
import { OutboundError } from "../../ports/outbound-http.ts";
import type { OutboundMedia } from "../../ports/outbound-media.ts";
import type { AddressPolicy } from "./address-policy.ts";
import { checkedLookup, type Resolve, refusalOf, resolveBySystem } from "./checked-lookup.ts";
import { CONNECT_TIMEOUT_MS } from "./live-limits.ts";
import { type HostAndPort, openConnection } from "./outbound-connection.ts";
import { explain } from "./outbound-fault.ts";
import { connectSocket } from "./outbound-socket.ts";

type Choices = {
  readonly resolve?: Resolve;
  /** How long a host may take to accept; never longer than any healthy one does. */
  readonly connectMs?: number;
};

export function outboundMedia(
  isAllowed: AddressPolicy,
  { resolve = resolveBySystem, connectMs = CONNECT_TIMEOUT_MS }: Choices = {},
): OutboundMedia {
  const limitMs = Math.min(connectMs, CONNECT_TIMEOUT_MS);
  const lookup = checkedLookup(isAllowed, resolve);

  const addressOf = (hostname: string): Promise<string> =>
    new Promise((done, fail) => {
      lookup(hostname, {}, (error, found) => (error ? fail(error) : done(String(found))));
    });

  /** What may be asked for. */
  function allowed(hostAndPort: string): HostAndPort {
    const target = targetIn(hostAndPort);
    if (!target) throw new OutboundError(hostAndPort, "refused", `${hostAndPort} is not a host and port`);
    const refusal = refusalOf(target.hostname, isAllowed);
    if (refusal) throw refusal;
    return target;
  }

  return {
    async resolve(hostAndPort, signal) {
      signal.throwIfAborted();
      const { hostname, port } = allowed(hostAndPort);
      const ending = { signal, deadline: AbortSignal.timeout(limitMs) };
      const found = orAborted(addressOf(hostname), AbortSignal.any([signal, ending.deadline]));
      const address = await found.catch((error) => {
        throw explain(error, hostname, ending);
      });
      return isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`;
    },
    async dial(hostAndPort, signal) {
      return openConnection(allowed(hostAndPort), lookup, limitMs, signal);
    },
    async connect(text, signal) {
      const url = URL.parse(text);
      if (!url || !/^wss?:$/.test(url.protocol))
        throw new OutboundError("", "refused", "this is not a WebSocket's URL");
      const refusal = refusalOf(url.hostname, isAllowed);
      if (refusal) throw refusal;
      return connectSocket(url, lookup, limitMs, signal);
    },
  };
}

/** Read as a web address is, so that a host means the same in both; the port is one that may be left out there. */
function targetIn(hostAndPort: string): HostAndPort | undefined {
  const port = /:(\d{1,5})$/.exec(hostAndPort)?.[1];
  const url = URL.parse(`http://${hostAndPort}`);
  const isNoMore = url?.href === `http://${url?.host}/`;
  return port && url && isNoMore ? { hostname: url.hostname.replace(/^\[|\]$/g, ""), port: Number(port) } : undefined;
}
