import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:net";
import { Problem } from "./problem.ts";

/** Where the parts of a stack listen; the defaults are those of the program itself. */
export type Addresses = {
  readonly api: Address;
  readonly media: Address;
  readonly asteriskHttp: Address;
  readonly ariListen: Address;
  readonly sip: Address;
};

/** One place to listen, and the setting that moves it elsewhere. */
export type Address = { readonly host: string; readonly port: number; readonly setting: string };

/** Reads the addresses out of a settings file's values. */
export const addressesOf = (settings: Record<string, string | undefined>): Addresses => {
  const at = (host: string | undefined, port: string | undefined, fallbackPort: number, setting: string): Address => ({
    host: host || "127.0.0.1",
    port: Number(port || fallbackPort),
    setting,
  });
  const asterisk = new URL(settings.RINGDOWN_ARI_URL || "http://127.0.0.1:8088");
  const listen = new URL(`http://${settings.RINGDOWN_ARI_LISTEN || "127.0.0.1:8082"}`);
  return {
    api: at(settings.RINGDOWN_HTTP_BIND, settings.RINGDOWN_HTTP_PORT, 8080, "RINGDOWN_HTTP_PORT"),
    media: at(settings.RINGDOWN_MEDIA_BIND, settings.RINGDOWN_MEDIA_PORT, 8081, "RINGDOWN_MEDIA_PORT"),
    asteriskHttp: at(asterisk.hostname, asterisk.port, 80, "RINGDOWN_ARI_URL"),
    ariListen: at(listen.hostname, listen.port, 80, "RINGDOWN_ARI_LISTEN"),
    sip: at(settings.RINGDOWN_SIP_BIND, settings.RINGDOWN_SIP_PORT, 5060, "RINGDOWN_SIP_PORT"),
  };
};

/** Refuses, naming each, when another program holds one of the addresses, or nobody can listen there. */
export const demandFree = async (addresses: Addresses, settingsFile: string): Promise<void> => {
  const checked = await Promise.all(
    Object.values(addresses).map(async (address) => ({ ...address, fault: await faultOf(address) })),
  );
  const named = (which: (fault: string) => boolean): string =>
    checked
      .flatMap(({ host, port, setting, fault }) =>
        fault !== undefined && which(fault) ? [`${host}:${port} (${setting})`] : [],
      )
      .join(", ");
  const taken = named((fault) => fault === TAKEN);
  if (taken !== "") {
    throw new Problem(
      `Taken by another program: ${taken}.`,
      `stop that program (ss -lntup shows which it is), or set another port in ${settingsFile}`,
    );
  }
  const impossible = named((fault) => fault !== TAKEN);
  if (impossible === "") return;
  throw new Problem(
    `Nothing can listen here: ${impossible}.`,
    `set addresses that this machine has (ip address shows them), and ports that you may use, in ${settingsFile}`,
  );
};

/** Whether nobody listens there, neither over TCP nor over UDP. */
export const isFree = async (address: Pick<Address, "host" | "port">): Promise<boolean> =>
  (await faultOf(address)) === undefined;

const TAKEN = "EADDRINUSE";

/** Why nothing can listen there, over TCP or UDP, as the system calls it. */
const faultOf = async ({ host, port }: Pick<Address, "host" | "port">): Promise<string | undefined> => {
  const stream = createServer();
  const datagram = createSocket(host.includes(":") ? "udp6" : "udp4");
  try {
    stream.listen(port, host);
    await once(stream, "listening");
    datagram.bind(port, host);
    await once(datagram, "listening");
    return undefined;
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : String(error);
  } finally {
    stream.close();
    datagram.close();
  }
};
