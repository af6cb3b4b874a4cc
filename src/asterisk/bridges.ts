import type { Bridges } from "../ports/bridges.ts";
import { TelephonyError } from "../ports/telephony.ts";
import type { AriConnection } from "./ari/connection.ts";
import { askThrough, BRIDGE_GONE, CHANNEL_OR_BRIDGE_GONE, unlessDone, unlessGone } from "./ask.ts";
import { DIRECT_BRIDGE, type DirectBridges } from "./direct-bridges.ts";
import { forgetSequence } from "./forget-sequence.ts";
import type { Snoops } from "./snoops.ts";

/**
 * Without `proxy_media` Asterisk passes packets from one phone to the other past everything else: it tells us of no keys
 * (RFC 4733), and music, a ring tone or silence for one of them is heard in turns with the other's voice, a packet of each.
 */
export const BRIDGE_TYPE = "mixing,proxy_media";
const DIRECT = { type: "mixing", name: DIRECT_BRIDGE };

export type BridgesSettings = {
  readonly connection: AriConnection;
  /** Where Asterisk fetches our audio, without an ending slash. */
  readonly mediaUrl: string;
  readonly snoops: Snoops;
  readonly directBridges: DirectBridges;
  /** What is to be ended is ended until then. */
  readonly closing: AbortSignal;
};

export function asteriskBridges({ connection, mediaUrl, snoops, directBridges, closing }: BridgesSettings): Bridges {
  const { bridges } = connection.ari;
  const ask = askThrough(connection);
  const forget = forgetSequence({ connection, mediaUrl, snoops });

  /** Undefined when there is no such bridge. */
  async function membersOf(bridgeId: string, signal: AbortSignal): Promise<readonly string[] | undefined> {
    try {
      const bridge = await ask("members", signal, () => bridges.get({ bridgeId }, { signal }), BRIDGE_GONE);
      return bridge.channels;
    } catch (error) {
      if (error instanceof TelephonyError && error.fault === "gone") return undefined;
      throw error;
    }
  }

  /** Without a re-INVITE to tell the phones of each other: who calls whom they know. */
  async function add(bridgeId: string, channel: readonly string[], signal: AbortSignal): Promise<void> {
    const add = () => bridges.addChannel({ bridgeId, channel, inhibitConnectedLineUpdates: true });
    await ask("joinBridge", signal, add, CHANNEL_OR_BRIDGE_GONE);
  }

  /** Resolves when it hears nothing more of the bridge. */
  async function leave(bridgeId: string, channelId: string): Promise<void> {
    const leave = () => bridges.removeChannel({ bridgeId, channel: [channelId] });
    await unlessGone(ask("leaveBridge", closing, leave, [...CHANNEL_OR_BRIDGE_GONE, ...BRIDGE_GONE]));
    await forget(channelId);
  }

  return {
    async open(bridgeId, signal, { direct } = { direct: false }) {
      const kind = direct ? DIRECT : { type: BRIDGE_TYPE };
      await ask("openBridge", signal, () => unlessDone(bridges.createWithId({ bridgeId, ...kind })));
      if (direct) directBridges.opened(bridgeId);
    },
    async join(bridgeId, channelIds, signal, { apart } = { apart: false }) {
      if (apart) return await add(bridgeId, channelIds, signal);
      const members = await membersOf(bridgeId, signal);
      // Not `gone`: that would say that a channel is.
      if (!members) throw new TelephonyError("refused", "joinBridge", "there is no such bridge");
      // Asterisk takes one that is in it out, and puts it in again.
      const channel = channelIds.filter((id) => !members.includes(id));
      if (channel.length > 0) await add(bridgeId, channel, signal);
    },
    leave,
    members: async (bridgeId, signal) => (await membersOf(bridgeId, signal)) ?? [],
    async close(bridgeId) {
      // Whoever is listened to leaves first: a bridge that ends passes on for a moment what it still has.
      const members = snoops.areAny() ? ((await membersOf(bridgeId, closing)) ?? []) : [];
      await Promise.all(members.map(async (id) => (await snoops.areAt(id)) && leave(bridgeId, id)));
      await unlessGone(ask("closeBridge", closing, () => bridges.destroy({ bridgeId }), BRIDGE_GONE));
    },
  };
}
