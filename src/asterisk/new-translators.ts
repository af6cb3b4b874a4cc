/**
 * Ways to have Asterisk translate anew what a channel sends.
 *
 * It makes translators for all in a bridge when that begins to mix for three, and again when it is back to two; so a third
 * one comes for a moment, and says nothing. In a conference, whoever is taken out and put in again gets new ones. What listens
 * to a channel keeps its own until it is given a linear rate that it does not work at; bridges work at rates that phones have.
 */
import type { Clock } from "../ports/clock.ts";
import type { Ids } from "../ports/ids.ts";
import type { AriConnection } from "./ari/connection.ts";
import type { Bridge, KnownAriEvent } from "./ari/models.generated.ts";
import { BRIDGE_TYPE } from "./bridges.ts";
import { silenceUri } from "./media-uri.ts";
import type { Snoops } from "./snoops.ts";

export type TranslatorParts = {
  readonly connection: AriConnection;
  /** Where Asterisk fetches our audio, without an ending slash. */
  readonly mediaUrl: string;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly snoops: Pick<Snoops, "areAt">;
};

/** Some packets of either side have to pass, also on a machine that stands still for a moment. */
const MIXED_MS = 400;
const PACKET_MS = 20;
/** Outside a bridge, what is asked of a channel waits for the end of what it plays: as long as most prompts. */
const PROMPT_MS = 60_000;

export function newTranslators({ connection, mediaUrl, clock, ids, snoops }: TranslatorParts) {
  const { bridges, channels } = connection.ari;

  /** For all in a bridge of two. */
  async function forTwo({ id: bridgeId, channels: members }: Bridge): Promise<void> {
    await Promise.all(members.map(changeRate));
    const media = Array<string>(MIXED_MS / PACKET_MS).fill(silenceUri(mediaUrl, "wav"));
    await bridges.play({ bridgeId, media, announcer_format: "slin" });
  }

  /** For one in a conference: Asterisk takes out who is in it, and puts in again. */
  async function forOneOfMany(channelId: string, { id: bridgeId }: Bridge): Promise<void> {
    await changeRate(channelId);
    await bridges.addChannel({ bridgeId, channel: [channelId], inhibitConnectedLineUpdates: true });
  }

  /** For one outside any bridge, of which only listeners translate; resolves when it is outside again. */
  async function forOneAlone(channelId: string, signal: AbortSignal): Promise<void> {
    if (!(await snoops.areAt(channelId))) return;
    const bridgeId = `${ids.next()}.translators`;
    await bridges.createWithId({ bridgeId, type: BRIDGE_TYPE });
    const leaveItElsewhere = putBackFrom(bridgeId, channelId);
    try {
      await changeRate(channelId);
      await bridges.addChannel({ bridgeId, channel: [channelId] }, { deadlineMs: PROMPT_MS });
      await bridges.play({ bridgeId, media: [silenceUri(mediaUrl, "wav")], announcer_format: "slin" });
      await clock.sleepUntil(clock.now() + MIXED_MS, signal);
    } finally {
      leaveItElsewhere();
      await bridges.destroy({ bridgeId });
    }
  }

  /** Whoever put the channel into a bridge in the same moment as we did is to find it there. */
  function putBackFrom(ownId: string, channelId: string): () => void {
    let elsewhere: string | undefined;
    const stop = connection.onEvent((event) => {
      const known = event as KnownAriEvent;
      if (known.type === "ChannelLeftBridge" && known.channel.id === channelId) elsewhere = known.bridge.id;
      if (known.type !== "ChannelEnteredBridge" || known.bridge.id !== ownId) return;
      stop();
      if (elsewhere === undefined) return;
      const back = { bridgeId: elsewhere, channel: [channelId], inhibitConnectedLineUpdates: true };
      bridges.addChannel(back).catch(() => undefined);
    });
    return stop;
  }

  /** Makes those who listen to a channel work at a rate that no phone has. */
  async function changeRate(channelId: string): Promise<void> {
    if (await snoops.areAt(channelId)) await channels.play({ channelId, media: [silenceUri(mediaUrl, "sln24")] });
  }

  return { forTwo, forOneOfMany, forOneAlone };
}
