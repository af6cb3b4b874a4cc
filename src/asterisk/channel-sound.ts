import type { ChannelSound } from "../ports/channel-sound.ts";
import type { Clock } from "../ports/clock.ts";
import { AriError } from "./ari/ari-error.ts";
import type { AriConnection } from "./ari/connection.ts";
import { askThrough, unlessDone, unlessGone } from "./ask.ts";
import type { DirectBridges } from "./direct-bridges.ts";
import { overlays } from "./overlays.ts";
import type { Snoops } from "./snoops.ts";
import type { SteadySending } from "./steady-sending.ts";
import { throughCore } from "./through-core.ts";
import type { TranslatorsAnew } from "./translators-anew.ts";

export type ChannelSoundSettings = {
  readonly connection: AriConnection;
  readonly application: string;
  /** Where Asterisk fetches our audio, without an ending slash. */
  readonly mediaUrl: string;
  readonly clock: Clock;
  readonly snoops: Snoops;
  readonly directBridges: DirectBridges;
  readonly sending: SteadySending;
  readonly translators: TranslatorsAnew;
  /** What is to be ended is ended until then. */
  readonly closing: AbortSignal;
};

/** Asterisk's word for: hold is told to the phone, by a re-INVITE, and not answered with music by Asterisk itself. */
const PASS_HOLD_ON = "PJSIP_MOH_PASSTHROUGH()";
/** A variable is set after what the channel plays; what follows is queued behind it, so there is no need to wait longer. */
const QUEUED_MS = 300;

/** Outside a bridge, a channel does all of these after what it plays: they are queued, and nobody waits for that. */
export function asteriskChannelSound(settings: ChannelSoundSettings): ChannelSound {
  const { connection, closing, translators } = settings;
  const { channels } = connection.ari;
  const ask = askThrough(connection);
  const overlay = overlays({ ...settings, ask });

  /** Ends something: a channel that has left our application has nothing left to end. */
  const end = (operation: string, request: () => Promise<unknown>): Promise<void> =>
    unlessGone(ask(operation, closing, () => unlessDone(request())));

  async function passHoldOn(channelId: string, value: "yes" | "no"): Promise<void> {
    try {
      await channels.setChannelVar({ channelId, variable: PASS_HOLD_ON, value }, { deadlineMs: QUEUED_MS });
    } catch (error) {
      if (!(error instanceof AriError && error.kind === "timeout")) throw error;
    }
  }

  return {
    startRinging: (channelId, signal) => ask("startRinging", signal, () => channels.ring({ channelId }, { signal })),
    stopRinging: (channelId) => end("stopRinging", () => channels.ringStop({ channelId })),
    openEarlyMedia: (channelId, signal) =>
      ask("openEarlyMedia", signal, () => channels.progress({ channelId }, { signal })),
    makeOwn: (channelId, signal) =>
      ask("makeOwn", signal, () => throughCore({ ...settings, ari: connection.ari }, channelId, signal)),
    startMusic: (channelId, signal) => ask("startMusic", signal, () => channels.startMoh({ channelId }, { signal })),
    stopMusic: (channelId) => end("stopMusic", () => channels.stopMoh({ channelId })),
    startSilence: (channelId, signal) =>
      ask("startSilence", signal, () => channels.startSilence({ channelId }, { signal })),
    stopSilence: (channelId) => end("stopSilence", () => channels.stopSilence({ channelId })),
    hold: (channelId, signal) =>
      ask("hold", signal, async () => {
        translators.held(channelId);
        await passHoldOn(channelId, "yes");
        await channels.hold({ channelId }, { signal });
        await channels.startMoh({ channelId }, { signal });
      }),
    unhold: (channelId) =>
      end("unhold", async () => {
        await channels.stopMoh({ channelId });
        await channels.unhold({ channelId });
        // A hold by the other side is not ours to pass on.
        await passHoldOn(channelId, "no");
        translators.unheld(channelId);
      }),
    mute: (channelId, direction, signal) =>
      ask("mute", signal, () => channels.mute({ channelId, direction }, { signal })),
    unmute: (channelId, direction) => end("unmute", () => channels.unmute({ channelId, direction })),
    playOver: overlay.play,
    finishOver: overlay.finish,
  };
}
