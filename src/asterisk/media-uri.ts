import type { Media } from "../ports/media.ts";
import type { Ari } from "./ari/operations.generated.ts";

/** Formats of 16 kHz and more: audio for them is fetched at 16 kHz, for all others at 8 kHz, so nothing is resampled. */
const WIDEBAND = /g722|slin(12|16|24|32|44|48|96|192)|opus|speex(16|32)|silk|siren|g719/;

/** Whether a channel with this native format (Asterisk's `CHANNEL(audionativeformat)`) carries wideband audio. */
export const isWideband = (nativeFormat: string): boolean => WIDEBAND.test(nativeFormat);

/** Whether the channel carries wideband audio. */
export async function carriesWideband(
  channels: Ari["channels"],
  channelId: string,
  signal: AbortSignal,
): Promise<boolean> {
  const variable = "CHANNEL(audionativeformat)";
  const { value } = await channels.getChannelVar({ channelId, variable }, { signal });
  return isWideband(value);
}

/** The URI under which Asterisk finds a packet of silence in this format. */
export const silenceUri = (mediaUrl: string, format: "wav" | "wav16" | "sln24"): string =>
  `sound:${mediaUrl}/media/silence.${format}`;

/** The URI under which Asterisk finds this media; the ending tells it the format (`wav16` is 16 kHz). */
export function mediaUri(media: Media, mediaUrl: string, wideband: boolean): string {
  if (media.kind === "builtin") return media.uri;
  return `sound:${mediaUrl}/media/${media.id}.${wideband ? "wav16" : "wav"}`;
}
