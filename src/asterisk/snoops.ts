import { AriError } from "./ari/ari-error.ts";
import type { AriConnection } from "./ari/connection.ts";
import type { ChannelsSnoopChannelWithId } from "./ari/operations.generated.ts";
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
export function snoopsOn({ ari, onEvent, onState }: Pick<AriConnection, "ari" | "onEvent" | "onState">): Snoops {
  const { channels } = ari;
  const hosts = new Set<string>();
  let last: Promise<unknown> = Promise.resolve();
  let found: Promise<unknown> = Promise.resolve();

  onEvent((event) => hosts.delete(leftBy(event) ?? ""));
  onState(({ kind }) => {
    if (kind === "up") found = find().catch(() => undefined);
  });

  /** What an earlier process made, and which of ours left while nobody told us. */
  async function find(): Promise<void> {
    const known = [...hosts];
    const present = await channels.list();
    const ids = new Set(present.map(({ id }) => id));
    for (const host of known) if (!ids.has(host)) hosts.delete(host);
    for (const { name } of present) {
      const host = NAME.exec(name)?.[1];
      if (host) hosts.add(host);
    }
  }
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
      await found;
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
