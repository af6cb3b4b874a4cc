import type { Logger } from "pino";
import type { AriConnection } from "./ari/connection.ts";

/** Events that mean nothing to us, though they are a quarter of all that a call causes. */
const NOISE = ["ChannelVarset"] as const;

type Quieten = {
  readonly connection: Pick<AriConnection, "ari" | "onState">;
  readonly application: string;
  readonly log: Logger;
};

/** Asks Asterisk, each time that it is connected, not to send what we would not look at; without that, all still works. */
export function quieten({ connection, application, log }: Quieten): void {
  const filter = { disallowed: NOISE.map((type) => ({ type })) };
  connection.onState(({ kind }) => {
    if (kind !== "up") return;
    connection.ari.applications.filter({ applicationName: application, filter }).catch((error: unknown) => {
      log.warn({ err: error }, "Asterisk could not be asked for fewer events");
    });
  });
}
