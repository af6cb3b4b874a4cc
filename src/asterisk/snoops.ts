import { AriError } from "./ari/ari-error.ts";
import type { Ari, ChannelsSnoopChannelWithId } from "./ari/operations.generated.ts";

export interface Snoops {
  /** Makes a channel that listens to another, or whispers to it; nothing when there is one under that id. */
  make(snoop: ChannelsSnoopChannelWithId): Promise<void>;
}

/** One for all: many snoops made at once take Asterisk seconds, and some fail, so they are made in turn. */
export function snoopsOn({ channels }: Pick<Ari, "channels">): Snoops {
  let last: Promise<unknown> = Promise.resolve();
  async function makeOne(snoop: ChannelsSnoopChannelWithId): Promise<void> {
    if (await exists(channels.get({ channelId: snoop.snoopId }))) return;
    await channels.snoopChannelWithId(snoop);
  }
  return {
    make(snoop) {
      const made = last.then(() => makeOne(snoop));
      last = made.catch(() => undefined);
      return made;
    },
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
