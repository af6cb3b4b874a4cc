/**
 * The socket of a channel whose audio we carry (Asterisk's chan_websocket).
 *
 * 1. Binary messages are audio both ways; text messages are commands, and news.
 * 2. Asterisk queues what we send and plays it at the speed of speech. It is not sent much more than that, so that its queue
 *    never comes near its limit, beyond which it throws away; should it say that it is full (XOFF), we wait (XON).
 * 3. It takes whole frames: what remains of audio that does not fill one waits for more, or for the end.
 */
import { once } from "node:events";
import { WebSocket } from "ws";
import type { Clock } from "../ports/clock.ts";
import type { LiveStream } from "../ports/live-audio.ts";
import { TelephonyError } from "../ports/telephony.ts";
import { createAudioQueue } from "./audio-queue.ts";

const FRAME_MS = 20;
const BYTES_A_SAMPLE = 2;
const HANDSHAKE_LIMIT_MS = 5_000;
/** How much may lie in Asterisk's queue; it has room for twenty seconds. */
const MOST_AHEAD_MS = 5_000;

export type MediaSocketSettings = {
  readonly url: URL;
  readonly authorization: string;
  readonly sampleRateHz: number;
  readonly clock: Clock;
};

export type MediaSocket = Omit<LiveStream, keyof AsyncDisposable> & { close(): void };

/** Connects to a channel that waits for us. @throws TelephonyError, or the signal's reason. */
export async function openMediaSocket(settings: MediaSocketSettings, signal: AbortSignal): Promise<MediaSocket> {
  const { url, authorization, sampleRateHz, clock } = settings;
  const socket = new WebSocket(url, ["media"], {
    headers: { authorization },
    perMessageDeflate: false,
    handshakeTimeout: HANDSHAKE_LIMIT_MS,
  });
  const ended = new AbortController();
  const heard = createAudioQueue();
  const news = new EventTarget();
  const frameBytes = (sampleRateHz * BYTES_A_SAMPLE * FRAME_MS) / 1_000;
  let isFull = false;
  let rest: Uint8Array = Buffer.alloc(0);
  let heardUntilMs = 0;
  let flushed = new AbortController();

  socket.on("error", () => socket.terminate());
  socket.on("close", () => {
    heard.end();
    ended.abort(new Error("the audio stream has ended"));
  });
  socket.on("message", (data: Buffer, isBinary: boolean) => {
    if (isBinary) heard.add(data);
    else tell(data.toString("latin1"));
  });

  function tell(text: string): void {
    const [name = ""] = text.split(" ");
    if (name === "MEDIA_XOFF") isFull = true;
    if (name === "MEDIA_XON") isFull = false;
    news.dispatchEvent(new Event(name));
  }

  /** Waits for news of this name, for the end, or until what was sent is thrown away. */
  const until = (name: string, wait: AbortSignal): Promise<void> =>
    orOver(wait, (over) => once(news, name, { signal: over }));

  async function orOver(wait: AbortSignal, begin: (over: AbortSignal) => Promise<unknown>): Promise<void> {
    const over = AbortSignal.any([wait, ended.signal, flushed.signal]);
    await begin(over).catch((error) => {
      wait.throwIfAborted();
      if (!over.aborted) throw error;
    });
  }

  /** Waits until there is room for one more frame. */
  async function room(wait: AbortSignal): Promise<void> {
    wait.throwIfAborted();
    const fullUntilMs = heardUntilMs - MOST_AHEAD_MS;
    if (fullUntilMs > clock.now()) await orOver(wait, (over) => clock.sleepUntil(fullUntilMs, over));
    if (isFull) await until("MEDIA_XON", wait);
  }

  function sendFrame(frame: Uint8Array): void {
    heardUntilMs = Math.max(heardUntilMs, clock.now()) + FRAME_MS;
    socket.send(frame);
  }

  await opened(socket, signal);
  return {
    frames: heard,
    signal: ended.signal,
    async send(audio, wait) {
      const { signal: thrownAway } = flushed;
      const all = Buffer.concat([rest, audio]);
      const whole = all.length - (all.length % frameBytes);
      rest = all.subarray(whole);
      for (let at = 0; at < whole; at += frameBytes) {
        await room(wait);
        if (ended.signal.aborted || thrownAway.aborted) return;
        sendFrame(all.subarray(at, at + frameBytes));
      }
    },
    async drained(wait) {
      wait.throwIfAborted();
      if (ended.signal.aborted) return;
      if (rest.length > 0) sendFrame(Buffer.concat([rest, Buffer.alloc(frameBytes - rest.length)]));
      rest = Buffer.alloc(0);
      const empty = until("QUEUE_DRAINED", wait);
      socket.send("REPORT_QUEUE_DRAINED");
      await empty;
    },
    flush() {
      rest = Buffer.alloc(0);
      heardUntilMs = 0;
      isFull = false;
      if (!ended.signal.aborted) socket.send("FLUSH_MEDIA");
      flushed.abort();
      flushed = new AbortController();
    },
    close: () => socket.close(),
  };
}

async function opened(socket: WebSocket, signal: AbortSignal): Promise<void> {
  try {
    await once(socket, "open", { signal });
  } catch (error) {
    socket.terminate();
    signal.throwIfAborted();
    throw new TelephonyError("unavailable", "openStream", "no way to Asterisk's audio", { cause: error });
  }
}
