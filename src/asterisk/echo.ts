import { type Ask, BRIDGE_GONE, unlessDone, unlessGone } from "./ask.ts";
import { type DialParts, dialOnce } from "./dial-once.ts";
import { SERVANT } from "./roles.ts";

/** The dialplan's end that sends back what it hears. */
const ECHO_ENDPOINT = "Local/echo@ringdown-service/n";

type EchoParts = DialParts & {
  readonly application: string;
  readonly ask: Ask;
  /** What is to be stopped is stopped until then. */
  readonly closing: AbortSignal;
};

/**
 * Bridges a channel with one that runs `Echo()`: the call stays in our application, so its digits and its hangup still
 * come to us. The bridge and the other channel are named after the echo, so a second start finds them.
 */
export const echoes = ({ ari, clock, application, ask, closing }: EchoParts) => ({
  start: (channelId: string, echoId: string, signal: AbortSignal): Promise<void> =>
    ask("startEcho", signal, async () => {
      await unlessDone(ari.bridges.createWithId({ bridgeId: echoId, type: "mixing" }));
      signal.throwIfAborted();
      const servant = { endpoint: ECHO_ENDPOINT, app: application, appArgs: SERVANT, channelId: echoId };
      await dialOnce({ ari, clock }, servant, undefined, signal);
      await ari.bridges.addChannel({ bridgeId: echoId, channel: [channelId, echoId] });
    }),
  async stop(echoId: string): Promise<void> {
    await unlessGone(ask("stopEcho", closing, () => ari.bridges.destroy({ bridgeId: echoId }), BRIDGE_GONE));
    await unlessGone(ask("stopEcho", closing, () => ari.channels.hangup({ channelId: echoId })));
  },
});
