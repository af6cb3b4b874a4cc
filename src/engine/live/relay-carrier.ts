/** Hosts to which we carry the audio ourselves: a new process connects to them again. */
import { sampleRateOf } from "../../model/external-media.ts";
import type { Clock } from "../../ports/clock.ts";
import { ExternalMediaError } from "../../ports/external-media.ts";
import type { LiveAudio, LiveStream, StreamOrder } from "../../ports/live-audio.ts";
import { type CarriedMedia, type Carrier, explainMedia, hostOf, messageOf } from "./carrier.ts";
import { framesOf, samplesFrom } from "./framing.ts";
import type { ConnectHost, Host } from "./host.ts";

/** How long the news of a hangup may take after the audio of its call has ended. */
const HANGUP_NEWS_MS = 1_000;
/** A host that speaks is heard earlier than that. */
const SILENCE_MS = 10_000;

type Relay = CarriedMedia & { readonly host: Host; readonly stream: LiveStream; readonly clock: Clock };

export const relayCarrier = (connect: ConnectHost, liveAudio: LiveAudio, clock: Clock): Carrier => ({
  async open(carried) {
    await using made = new AsyncDisposableStack();
    try {
      // First, so that a host that is not there costs the call nothing.
      const host = made.use(await connect(carried));
      const stream = made.use(await liveAudio.open(streamOf(carried), carried.signal));
      const relayed = relay({ ...carried, host, stream, clock });
      const open = made.move();
      return {
        async [Symbol.asyncDispose]() {
          await open.disposeAsync();
          await relayed;
        },
      };
    } catch (error) {
      // Of an earlier process.
      await liveAudio.close(carried.media.id);
      carried.signal.throwIfAborted();
      throw explainMedia(error, carried.media);
    }
  },
});

const streamOf = ({ media: { id, direction, format }, call }: CarriedMedia): StreamOrder => ({
  channelId: call.channel_id,
  streamId: id,
  heard: direction === "receive" ? "none" : "in",
  speaks: direction !== "send",
  sampleRateHz: sampleRateOf(format),
  how: "tap",
});

/** Carries until it is not wanted any more, or one end is gone. Never rejects. */
async function relay(parts: Relay): Promise<void> {
  const { media, signal, onEnd, host, stream, clock } = parts;
  const over = AbortSignal.any([signal, host.signal, stream.signal]);
  const pumps = Promise.all([toHost(parts), toCall(parts, over)]);
  await abortOf(over);
  const ended = (why: string, remedy: string) => onEnd(new ExternalMediaError("ended", hostOf(media), why, remedy));
  if (host.signal.aborted && !signal.aborted) {
    ended(messageOf(host.signal.reason), "see why the server there ended it");
  } else {
    await clock.sleepUntil(clock.now() + HANGUP_NEWS_MS, signal).catch(() => undefined);
    if (!signal.aborted) ended("Asterisk ended the audio of the call", "see Asterisk's log");
  }
  // They end with what they read from, when it is disposed of.
  await pumps;
}

async function toHost({ media, onTrouble, host, stream }: Relay): Promise<void> {
  const frames = framesOf(media.format);
  for await (const pcm of stream.frames) {
    if (host.signal.aborted) return;
    for (const frame of frames(pcm)) {
      if (host.send(frame) || host.signal.aborted) continue;
      onTrouble("it takes audio more slowly than the call says it: some is lost", "read what comes without waiting");
    }
  }
}

async function toCall({ media, signal, onTrouble, host, stream, clock }: Relay, over: AbortSignal): Promise<void> {
  const heard = new AbortController();
  if (media.direction !== "send") {
    clock.sleepUntil(clock.now() + SILENCE_MS, AbortSignal.any([over, heard.signal])).then(
      () =>
        onTrouble(
          `it has sent no audio in ${SILENCE_MS / 1_000} seconds`,
          "if it only listens, start it with direction send",
        ),
      () => undefined,
    );
  }
  let samples = samplesFrom(media.format);
  host.onClear(() => {
    stream.flush();
    // Half a sample of what is thrown away must not become half of one that follows.
    samples = samplesFrom(media.format);
  });
  for await (const coded of host.audio) {
    heard.abort();
    if (media.direction === "send") {
      onTrouble("it sent audio, which nobody hears: the direction is send", "start it with direction both");
      continue;
    }
    await stream.send(samples(coded), signal).catch(() => undefined);
  }
}

const abortOf = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
