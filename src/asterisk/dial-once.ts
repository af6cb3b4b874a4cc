import type { Clock } from "../ports/clock.ts";
import { AriError } from "./ari/ari-error.ts";
import type { Ari, ChannelsCreate } from "./ari/operations.generated.ts";
import { onceEntered } from "./once-entered.ts";

export type DialParts = { readonly ari: Ari; readonly clock: Clock };

type NewChannel = ChannelsCreate & { readonly channelId: string };

/** Tells the other side, should it be us again, how many calls led to this one. */
export const HOPS_HEADER = "Ringdown-Hops";
/** Asterisk lets go of the headers that it was given for an INVITE when it sends that (res_pjsip_header_funcs), */
const UNSENT = `PJSIP_HEADER(read,${HOPS_HEADER})`;
/** and answers this then. */
const NO_HEADERS = 500;

/**
 * Makes a channel and dials it; again, it finds the channel, and dials it unless that has been done: one of PJSIP has the
 * header for that. The signal is heeded between requests, and none that does something is cut short by it: who has given up
 * can undo what was done.
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
  if (!made && (await isDialled(ari, channel, signal))) return;
  signal.throwIfAborted();
  const timeout = timeoutSeconds === undefined ? {} : { timeout: timeoutSeconds };
  // A new channel takes nothing before it has entered our application.
  await onceEntered(clock, () => ari.channels.dial({ channelId, ...timeout }), signal);
}

/**
 * Asterisk takes a second dialling for a reason to hang up. A note of ours would not do: whoever is killed between the note
 * and the dialling would leave a phone silent.
 */
async function isDialled(ari: Ari, { channelId, endpoint }: NewChannel, signal: AbortSignal): Promise<boolean> {
  const { state } = await ari.channels.get({ channelId }, { signal });
  if (state !== "Down") return true;
  if (!endpoint.startsWith("PJSIP/")) return false;
  try {
    await ari.channels.getChannelVar({ channelId, variable: UNSENT }, { signal });
    return false;
  } catch (error) {
    if (error instanceof AriError && error.status === NO_HEADERS) return true;
    throw error;
  }
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
