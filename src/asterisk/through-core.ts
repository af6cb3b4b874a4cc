import type { Clock } from "../ports/clock.ts";
import { AriError } from "./ari/ari-error.ts";
import type { Ari } from "./ari/operations.generated.ts";
import { BRIDGE_GONE } from "./ask.ts";
import { DIRECT_BRIDGE, type DirectBridges } from "./direct-bridges.ts";

/** Louder by nothing: what changes the sound of a channel keeps its packets from being passed on past everything else. */
const UNCHANGED = { variable: "VOLUME(TX)", value: "0" };
/** Outside a bridge it is set after what the channel plays; what follows is queued behind it, so nobody need wait longer. */
const QUEUED_MS = 300;
/** How Asterisk calls the way past its core, where it is taken. */
const PAST_THE_CORE = "native_rtp";
const CHANGED_MS = 1_000;
const LOOK_MS = 5;

type Parts = {
  readonly ari: Pick<Ari, "channels" | "bridges">;
  readonly clock: Clock;
  readonly directBridges: DirectBridges;
};

/**
 * Takes a channel off the short way on which a bridge of two passes their packets on, for the rest of its time: what it is
 * given to hear would be heard in turns with the other's voice, and a hold would be undone when the way changes.
 */
export async function throughCore(
  { ari: { channels, bridges }, clock, directBridges }: Parts,
  channelId: string,
  signal: AbortSignal,
): Promise<void> {
  if (!(await directBridges.areAny())) return;
  const all = await bridges.list({ signal });
  let bridge = all.find(({ name, channels: members }) => name === DIRECT_BRIDGE && members.includes(channelId));
  if (!bridge) return;
  try {
    await channels.setChannelVar({ channelId, ...UNCHANGED }, { deadlineMs: QUEUED_MS, signal });
  } catch (error) {
    if (!(error instanceof AriError && error.kind === "timeout")) throw error;
  }
  const { id: bridgeId } = bridge;
  const lastMs = clock.now() + CHANGED_MS;
  while (bridge?.technology === PAST_THE_CORE && clock.now() < lastMs) {
    await clock.sleepUntil(clock.now() + LOOK_MS, signal);
    bridge = await unlessEnded(bridges.get({ bridgeId }, { signal }));
  }
}

/** Undefined when the bridge is gone: the channel is not, and nothing passes it by any more. */
async function unlessEnded<T>(look: Promise<T>): Promise<T | undefined> {
  try {
    return await look;
  } catch (error) {
    if (error instanceof AriError && error.status !== undefined && BRIDGE_GONE.includes(error.status)) return undefined;
    throw error;
  }
}
