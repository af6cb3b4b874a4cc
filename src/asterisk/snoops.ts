import { AriError } from "./ari/ari-error.ts";
import type { AriConnection } from "./ari/connection.ts";
import type { ChannelsSnoopChannelWithId } from "./ari/operations.generated.ts";
import { idsInAsterisk } from "./ids-in-asterisk.ts";
import { leftBy } from "./left-by.ts";

export interface Snoops {
  /** Makes a channel that listens to another, or whispers to it; nothing when there is one under that id. */
  make(snoop: ChannelsSnoopChannelWithId): Promise<void>;
  /** Whether there is, or was, one at this channel. */
  areAt(channelId: string): Promise<boolean>;
  /** Whether there is, or was, one at any channel that is there. */
  areAny(): boolean;
}

/** Asterisk names a snoop after the channel that it is at. */
const NAME = /^Snoop\/(.+)-[0-9a-f]{8}$/;

/** One for all: many snoops made at once take Asterisk seconds, and some fail, so they are made in turn. */
export function snoopsOn(connection: Pick<AriConnection, "ari" | "onEvent" | "onState">): Snoops {
  const { channels } = connection.ari;
  let last: Promise<unknown> = Promise.resolve();
  const { ids: hosts, compared } = idsInAsterisk(connection, {
    goneBy: leftBy,
    async look() {
      const present = await channels.list();
      return { present: present.map(({ id }) => id), kept: present.flatMap(({ name }) => NAME.exec(name)?.[1] ?? []) };
    },
  });

  async function makeOne(snoop: ChannelsSnoopChannelWithId): Promise<void> {
    if (await exists(channels.get({ channelId: snoop.snoopId }))) return;
    await channels.snoopChannelWithId(snoop);
  }
  return {
    make(snoop) {
      hosts.add(snoop.channelId);
      const made = last.then(() => makeOne(snoop));
      last = made.catch(() => undefined);
      return made;
    },
    async areAt(channelId) {
      await compared();
      return hosts.has(channelId);
    },
    areAny: () => hosts.size > 0,
  };
}

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
