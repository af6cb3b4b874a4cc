import type { Ids } from "../ports/ids.ts";
import { AriError } from "./ari/ari-error.ts";
import type { AriConnection } from "./ari/connection.ts";
import { askThrough, unlessGone } from "./ask.ts";
import { SERVANT } from "./roles.ts";

/** Never dialled, so that its number need not exist. */
const NOWHERE = "Local/phones@ringdown-service/n";

export type AskingSettings = {
  readonly connection: AriConnection;
  readonly application: string;
  readonly ids: Ids;
  /** What is to be ended is ended until then. */
  readonly closing: AbortSignal;
};

/** What a function of Asterisk's dialplan has to say; undefined when what it is about does not exist. */
export type AskFunction = (call: string) => Promise<string | undefined>;

/** Some things Asterisk tells to nothing but a channel, so one is made for the questions: two milliseconds in all. */
export async function withAskingChannel<T>(
  { connection, application, ids, closing }: AskingSettings,
  signal: AbortSignal,
  work: (ask: AskFunction) => Promise<T>,
): Promise<T> {
  const { channels } = connection.ari;
  const ask = askThrough(connection);
  // Should we die before its end, it serves a run that nobody knows.
  const channelId = `${ids.next()}.phones`;
  try {
    return await ask("phones", signal, async () => {
      await channels.create({ endpoint: NOWHERE, app: application, appArgs: SERVANT, channelId });
      return await work(async (variable) => {
        try {
          return (await channels.getChannelVar({ channelId, variable }, { signal })).value;
        } catch (error) {
          if (error instanceof AriError && error.status === 500) return undefined;
          throw error;
        }
      });
    });
  } finally {
    await unlessGone(ask("phones", closing, () => channels.hangup({ channelId })));
  }
}
