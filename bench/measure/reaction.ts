/** How long a client takes from an event of a call to its next request for that call, seen on the wire. */
import { z } from "zod";
import type { Subjects } from "../subjects/all.ts";
import { type LoadParts, runLoad } from "./load-run.ts";
import { type Spread, spreadOf } from "./statistics.ts";
import type { Piece, Tap } from "./tap.ts";
import { type Message, messagesIn } from "./wire.ts";

/** Events that a menu answers with a request. */
const CALLING = new Set(["StasisStart", "ChannelDtmfReceived", "PlaybackFinished"]);

const eventSchema = z.object({
  type: z.string(),
  channel: z.object({ id: z.string() }).optional(),
  playback: z.object({ target_uri: z.string() }).optional(),
  uri: z.string().optional(),
});

type Happening = { readonly atMs: number; readonly channelId: string; readonly event?: string };

type Reactions = Readonly<Record<string, Spread>>;

/** Loads each subject in turn; gives the reactions of each. */
export async function reactionsOf(
  parts: LoadParts,
  { all, taps }: Subjects,
  load: { readonly callsPerSecond: number; readonly seconds: number },
): Promise<Readonly<Record<string, Reactions>>> {
  const reactions: Record<string, Reactions> = {};
  for (const subject of all) {
    const startMs = performance.now();
    await runLoad(parts, subject, load);
    reactions[subject.name] = reactionsIn(taps, startMs);
  }
  return reactions;
}

/** Reactions in what the taps saw since then; `all`, and by the event that was answered. */
function reactionsIn(taps: readonly Tap[], sinceMs: number): Reactions {
  const happenings = taps
    .flatMap(({ pieces }) => directionsOf(pieces).flatMap(messagesIn))
    .filter(({ atMs }) => atMs >= sinceMs)
    .flatMap(happeningOf)
    .toSorted((a, b) => a.atMs - b.atMs);
  const waiting = new Map<string, Happening>();
  const delays = new Map<string, number[]>();
  for (const happening of happenings) {
    const { channelId, event, atMs } = happening;
    const cause = waiting.get(channelId);
    if (event) waiting.set(channelId, happening);
    if (event || !cause?.event) continue;
    waiting.delete(channelId);
    delays.set(cause.event, [...(delays.get(cause.event) ?? []), atMs - cause.atMs]);
  }
  const each = [...delays].map(([event, values]) => [event, spreadOf(values)]);
  return { all: spreadOf([...delays.values()].flat()), ...Object.fromEntries(each) };
}

const directionsOf = (pieces: readonly Piece[]): readonly (readonly Piece[])[] =>
  Object.values(Object.groupBy(pieces, ({ connection, from }) => `${connection} ${from}`)).filter(
    (group) => group !== undefined,
  );

/** What a message means for a call; nothing for most of them. */
function happeningOf({ atMs, text }: Message): readonly Happening[] {
  if (!text.startsWith("{")) return requestTo(text, atMs);
  const { type, channel, playback, uri = "" } = eventSchema.parse(JSON.parse(text));
  if (type === "RESTRequest") return requestTo(uri, atMs);
  const channelId = channel?.id ?? playback?.target_uri.replace(/^channel:/, "");
  return CALLING.has(type) && channelId ? [{ atMs, channelId, event: type }] : [];
}

const requestTo = (where: string, atMs: number): readonly Happening[] => {
  const channelId = /\bchannels\/([^/? ]+)/.exec(where)?.[1];
  return channelId ? [{ atMs, channelId: decodeURIComponent(channelId) }] : [];
};
