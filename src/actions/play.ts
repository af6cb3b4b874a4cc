import { z } from "zod";
import { defineAction } from "../flow/action.ts";
import { ActionError } from "../flow/action-error.ts";
import { webUrl } from "../flow/option.ts";
import { next } from "../flow/outcome.ts";
import { type Media, MediaError, type MediaLibrary } from "../ports/media.ts";
import type { Timeline } from "../ports/timeline.ts";

/** A name below the switch's folder of sounds, and nowhere else. */
const sound = z
  .string()
  .max(255)
  .regex(/^sound:\w[\w-]*(\/\w[\w-]*)*$/, "an http(s) URL, or sound:NAME");
const urls = <Source extends z.ZodType<string>>(source: Source) =>
  z.strictObject({
    stream_urls: z
      .array(source)
      .min(1)
      .max(100)
      .describe(
        "What to play, in order: http(s) URLs of WAV, MP3, OGG or FLAC; `sound:NAME` for Asterisk's own sounds.",
      ),
  });

export default defineAction({
  type: "play",
  summary:
    "Plays audio files one after the other and waits for the end; before the answer of a call that came in, as early media.",
  uses: ["call", "media", "timeline"],
  option: urls(z.union([sound, webUrl])),
  // A variable that makes one URL a bad one does not silence the others.
  optionAtRun: urls(z.string()),
  examples: [
    { stream_urls: ["https://example.com/welcome.wav"] },
    { stream_urls: ["sound:hello-world", "https://example.com/menu.mp3"] },
  ],
  wantsAnswer: true,
  waitsForAnswer: true,
  async run({ option, call, media, timeline, memo, signal }) {
    // Kept: were one URL found the second time only, a playback that goes on after a restart would miscount.
    const playable = await memo("playable", async () => {
      const found = await Promise.all(option.stream_urls.map((url) => locate(url, media, timeline, signal)));
      return found.filter((one) => one !== undefined);
    });
    if (playable.length === 0) throw new ActionError("none of the URLs gave audio");
    const end = await call.play(playable);
    if (end === "failed") throw new ActionError("the audio could not be played");
    return next;
  },
});

/** The audio behind a URL; undefined, and a fact on the timeline, when there is none. */
async function locate(
  url: string,
  library: MediaLibrary,
  timeline: Timeline,
  signal: AbortSignal,
): Promise<Media | undefined> {
  if (sound.safeParse(url).success) return { kind: "builtin", uri: url };
  if (!webUrl.safeParse(url).success) {
    timeline.add("media_failed", { reason: "refused", message: "neither an http(s) URL nor sound:NAME" });
    return undefined;
  }
  try {
    return await library.fetch(url, signal);
  } catch (error) {
    if (!(error instanceof MediaError)) throw error;
    const { reason, message, remedy } = error;
    // The host only: the rest of a URL may hold a key.
    timeline.add("media_failed", { host: new URL(url).host, reason, message, remedy });
    return undefined;
  }
}
