/**
 * Lets what listens to a call hear whoever it meets next.
 *
 * Asterisk as Debian builds it (patch `2016_opus_plc`) drops packets that are numbered lower than those before as late,
 * wherever it translates, and what listens to a call keeps its translator when the call's partner changes: half of all later
 * partners would be missing from a recording, for up to ten minutes. A frame of 16 kHz makes the listeners work at that
 * rate, and then one of 8 kHz, which is not the format that the translator was made for, makes them take a new one, that
 * has seen no number yet. Prompts, music and ringing that the call hears later do the same.
 */
import type { AriConnection } from "./ari/connection.ts";
import { silenceUri } from "./media-uri.ts";
import type { Snoops } from "./snoops.ts";

type Parts = {
  readonly connection: Pick<AriConnection, "ari">;
  /** Where Asterisk fetches our audio, without an ending slash. */
  readonly mediaUrl: string;
  readonly snoops: Pick<Snoops, "areAt">;
};

/** Nothing for a call that nobody listens to. Whatever the call hears, or whomever it meets, comes after it: Asterisk queues. */
export const forgetSequence =
  ({ connection, mediaUrl, snoops }: Parts) =>
  async (channelId: string): Promise<void> => {
    if (!(await snoops.areAt(channelId))) return;
    const media = [silenceUri(mediaUrl, "wav16"), silenceUri(mediaUrl, "wav")];
    // A call that is gone, or an Asterisk, has nothing left to forget.
    await connection.ari.channels.play({ channelId, media }).catch(() => undefined);
  };
