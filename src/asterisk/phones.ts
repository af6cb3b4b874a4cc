import type { Ids } from "../ports/ids.ts";
import type { Phones } from "../ports/phones.ts";
import { AriError } from "./ari/ari-error.ts";
import type { AriConnection } from "./ari/connection.ts";
import { askThrough, unlessGone } from "./ask.ts";
import { SERVANT } from "./roles.ts";

/** Never dialled, so that its number need not exist. */
const NOWHERE = "Local/phones@ringdown-service/n";

export type PhonesSettings = {
  readonly connection: AriConnection;
  readonly application: string;
  readonly ids: Ids;
  /** What is to be ended is ended until then. */
  readonly closing: AbortSignal;
};

/** Asterisk lists the phones of an account to nothing but a channel, so one is made for the question: two milliseconds in all. */
export function asteriskPhones({ connection, application, ids, closing }: PhonesSettings): Phones {
  const { channels } = connection.ari;
  const ask = askThrough(connection);

  return {
    async of(extension, signal) {
      // Should we die before its end, it serves a run that nobody knows.
      const channelId = `${ids.next()}.phones`;
      const asker = { endpoint: NOWHERE, app: application, appArgs: SERVANT, channelId };
      try {
        return await ask("phones", signal, async () => {
          await channels.create(asker);
          const variable = `PJSIP_DIAL_CONTACTS(${extension})`;
          const { value } = await channels.getChannelVar({ channelId, variable }, { signal });
          return urisOf(extension, value);
        });
      } catch (error) {
        if (isUnknownAccount(error)) return [];
        throw error;
      } finally {
        await unlessGone(ask("phones", closing, () => channels.hangup({ channelId })));
      }
    },
  };
}

/** `PJSIP/1001/sip:1001@192.0.2.1&PJSIP/1001/sip:1001@192.0.2.2`, where a URI may have an ampersand in it. */
const urisOf = (extension: string, value: string): readonly string[] =>
  `&${value}`.split(`&PJSIP/${extension}/`).slice(1);

/** Asterisk can't read the phones of an account that it does not have. */
const isUnknownAccount = (error: unknown): boolean =>
  error instanceof Error && error.cause instanceof AriError && error.cause.status === 500;
