import type { Clock } from "../ports/clock.ts";
import { AriError } from "./ari/ari-error.ts";
import type { Ari, ChannelsCreate } from "./ari/operations.generated.ts";
import { unlessDone } from "./ask.ts";
import { onceEntered } from "./once-entered.ts";

export type DialParts = { readonly ari: Ari; readonly clock: Clock };

type NewChannel = ChannelsCreate & { readonly channelId: string };

/** Set on a channel before it is dialled: Asterisk takes a second dialling for a reason to hang up. */
const DIALLED = "RINGDOWN_DIALLED";

/**
 * Makes a channel and dials it; again, it finds the channel, and dials it unless that has been done. The signal is heeded
 * between requests, and none that does something is cut short by it: who has given up can undo what was done.
 */
export async function dialOnce(
  { ari, clock }: DialParts,
  channel: NewChannel,
  timeoutSeconds: number | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { channelId } = channel;
  const made = await succeeds(ari.channels.create(channel));
  signal.throwIfAborted();
  if (!made && (await isDialled(ari, channelId, signal))) return;
  await markDialled({ ari, clock }, channelId, signal);
  const timeout = timeoutSeconds === undefined ? {} : { timeout: timeoutSeconds };
  signal.throwIfAborted();
  await unlessDone(ari.channels.dial({ channelId, ...timeout }));
}

async function isDialled(ari: Ari, channelId: string, signal: AbortSignal): Promise<boolean> {
  try {
    const { value } = await ari.channels.getChannelVar({ channelId, variable: DIALLED }, { signal });
    return value !== "";
  } catch (error) {
    // There is no such variable, or no such channel, which the next request will tell.
    if (error instanceof AriError && error.isGone) return false;
    throw error;
  }
}

/** A new channel takes nothing before it has entered our application. */
async function markDialled({ ari, clock }: DialParts, channelId: string, signal: AbortSignal): Promise<void> {
  const mark = () => ari.channels.setChannelVar({ channelId, variable: DIALLED, value: "yes" }, { signal });
  await onceEntered(clock, mark, signal);
}

/** False when Asterisk says that it conflicts with how things are: made already. */
async function succeeds(request: Promise<unknown>): Promise<boolean> {
  try {
    await request;
    return true;
  } catch (error) {
    if (error instanceof AriError && error.isConflict) return false;
    throw error;
  }
}
