import type { Logger } from "pino";
import { AriError } from "./ari/ari-error.ts";
import type { AriConnection } from "./ari/connection.ts";
import type { ChannelsSnoopChannelWithId } from "./ari/operations.generated.ts";
import { idsInAsterisk } from "./ids-in-asterisk.ts";
import { turns } from "./in-turn.ts";
import { leftBy } from "./left-by.ts";

/** Hears of a channel that whispers to the one in question; until it is done, the whispering waits. */
export type OnWhisper = (whispererId: string) => Promise<void>;

export interface Snoops {
  /** Makes a channel that listens to another, or whispers what it hears later on; nothing when there is one under that id. */
  make(snoop: ChannelsSnoopChannelWithId): Promise<void>;
  /** Whether there is, or was, one at this channel. */
  areAt(channelId: string): Promise<boolean>;
  /** Whether there is, or was, one at any channel that is there. */
  areAny(): boolean;
  /** Tells who whispers to this channel from now on, and, before it resolves, who does so already. */
  onWhisper(channelId: string, listener: OnWhisper): Promise<void>;
  offWhisper(listener: OnWhisper): void;
}

/** Asterisk names a snoop after the channel that it is at. */
const NAME = /^Snoop\/(.+)-[0-9a-f]{8}$/;

/** One for all: many snoops made at once take Asterisk seconds, and some fail, so they are made in turn. */
export function snoopsOn(connection: Pick<AriConnection, "ari" | "onEvent" | "onState">, log: Logger): Snoops {
  const { channels } = connection.ari;
  const inTurn = turns();
  const { ids: hosts, compared } = idsInAsterisk(connection, {
    goneBy: leftBy,
    async look() {
      const present = await channels.list();
      return { present: present.map(({ id }) => id), kept: present.flatMap(({ name }) => NAME.exec(name)?.[1] ?? []) };
    },
  });

  /** Channels that whisper, and who hears of them, each with the channel that hears the whispers. */
  const whisperers = new Map<string, string>();
  const listeners = new Map<OnWhisper, string>();
  connection.onEvent((event) => void whisperers.delete(leftBy(event) ?? ""));

  async function whispers(channelId: string, snoopId: string): Promise<void> {
    whisperers.set(snoopId, channelId);
    await Promise.all(at(channelId, listeners).map((listener) => tell(listener, snoopId)));
  }

  /** Whoever misses a whisper must not keep the call from hearing it. */
  const tell = (listener: OnWhisper, whispererId: string): Promise<void> =>
    listener(whispererId).catch((error: unknown) => {
      log.warn(
        { err: error, channel_id: whispererId },
        "what is whispered to a call is not heard by all who listen to it",
      );
    });

  async function makeOne(snoop: ChannelsSnoopChannelWithId): Promise<void> {
    if (await exists(channels.get({ channelId: snoop.snoopId }))) return;
    await channels.snoopChannelWithId(snoop);
  }
  return {
    make(snoop) {
      hosts.add(snoop.channelId);
      const made = inTurn(() => makeOne(snoop));
      return snoop.whisper === "out" ? made.then(() => whispers(snoop.channelId, snoop.snoopId)) : made;
    },
    async areAt(channelId) {
      await compared();
      return hosts.has(channelId);
    },
    areAny: () => hosts.size > 0,
    async onWhisper(channelId, listener) {
      listeners.set(listener, channelId);
      await Promise.all(at(channelId, whisperers).map((id) => tell(listener, id)));
    },
    offWhisper: (listener) => void listeners.delete(listener),
  };
}

const at = <T>(channelId: string, all: ReadonlyMap<T, string>): readonly T[] =>
  [...all].flatMap(([one, where]) => (where === channelId ? [one] : []));

/** Whether what was asked for is there. */
export async function exists(request: Promise<unknown>): Promise<boolean> {
  try {
    await request;
    return true;
  } catch (error) {
    if (error instanceof AriError && error.isGone) return false;
    throw error;
  }
}
