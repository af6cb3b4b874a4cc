import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import type { Clock } from "../../ports/clock.ts";
import { type Media, MediaError, type MediaLibrary } from "../../ports/media.ts";
import type { OutboundHttp, OutboundResponse } from "../../ports/outbound-http.ts";
import { coalesce } from "../coalesce.ts";
import type { DiskIndex } from "../disk-index.ts";
import type { AudioStore } from "./audio-store.ts";
import { conditionsOf, freshForMs } from "./http-caching.ts";
import { asMediaError, isPassing, redacted, statusFault } from "./media-fault.ts";

/** What is kept about a URL. */
export const fetchedSchema = z.object({
  audioId: z.string(),
  etag: z.string().optional(),
  lastModified: z.string().optional(),
  freshUntilMs: z.number(),
});
export type Fetched = z.infer<typeof fetchedSchema>;

type Parts = {
  readonly http: OutboundHttp;
  readonly store: AudioStore;
  readonly index: DiskIndex<Fetched>;
  readonly clock: Pick<Clock, "now">;
  readonly limits?: Partial<typeof defaultLimits>;
};

const defaultLimits = {
  /** An hour of uncompressed telephone audio, twice. */
  maxBytes: 256 * 1024 * 1024,
  /** The caller hears nothing meanwhile. */
  deadlineMs: 30_000,
};

/** Fetches audio of users; keeps it by URL, as long as its server says, and by content. */
export function mediaLibrary(parts: Parts): MediaLibrary {
  const shared = coalesce<Media>();
  return {
    fetch: (url, signal) => shared(url, (abandoned) => find(parts, url, abandoned), signal),
  };
}

async function find(parts: Parts, url: string, signal: AbortSignal): Promise<Media> {
  const { index, store, clock } = parts;
  const entry = await index.get(url);
  const known = entry && (await store.find(entry.audioId, "wav16")) ? entry : undefined;
  if (known && clock.now() < known.freshUntilMs) return audio(known);
  try {
    const fetched = await ask(parts, url, known, signal);
    await index.set(url, fetched);
    return audio(fetched);
  } catch (error) {
    signal.throwIfAborted();
    const fault = asMediaError(error, url);
    // Yesterday's greeting is better than none while its server is away.
    if (known && isPassing(fault)) return audio(known);
    throw fault;
  }
}

const audio = ({ audioId }: Fetched): Media => ({ kind: "audio", id: audioId });

function ask(parts: Parts, url: string, known: Fetched | undefined, signal: AbortSignal): Promise<Fetched> {
  const request = {
    url,
    headers: { accept: "audio/*, */*;q=0.5", ...conditionsOf(known) },
    ...defaultLimits,
    ...parts.limits,
  };
  return parts.http.send(request, (response) => take(parts, url, known, response, signal), signal);
}

async function take(
  { store, clock }: Parts,
  url: string,
  known: Fetched | undefined,
  { status, headers, body }: OutboundResponse,
  signal: AbortSignal,
): Promise<Fetched> {
  const facts = {
    ...(headers.etag && { etag: headers.etag }),
    ...(headers["last-modified"] && { lastModified: headers["last-modified"] }),
    freshUntilMs: clock.now() + freshForMs(headers),
  };
  if (status === 304 && known) return { ...known, ...facts };
  if (status !== 200) throw new MediaError(redacted(url), statusFault(status), `the server answered ${status}`);
  await using scratch = store.scratch();
  await pipeline(body, createWriteStream(scratch.path), { signal });
  const { id } = await store.add(scratch.path, signal);
  return { audioId: id, ...facts };
}
