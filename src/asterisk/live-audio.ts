/**
 * Live audio of calls: a channel that is a WebSocket, in a bridge with the call's channel, or with one that listens to
 * the call's where the call goes on with other things.
 */
import type { BridgeStreamOrder, LiveAudio, LiveStream, StreamOrder } from "../ports/live-audio.ts";
import { TelephonyError } from "../ports/telephony.ts";
import { basicAuthorization } from "./ari/basic-auth.ts";
import type { HttpAccess } from "./ari/rest-over-http.ts";
import { askThrough, CHANNEL_OR_BRIDGE_GONE } from "./ask.ts";
import { turns } from "./in-turn.ts";
import { leftBridgeBy, leftBy } from "./left-by.ts";
import { type MediaSocket, openMediaSocket } from "./media-socket.ts";
import type { SteadySending } from "./steady-sending.ts";
import { servantOf, type TapParts, tapIds, taps } from "./taps.ts";

export type LiveAudioSettings = TapParts & { readonly http: HttpAccess; readonly sending: SteadySending };

/** Asterisk's names for 16-bit audio. */
const FORMATS = { 8000: "slin", 16000: "slin16" } as const;
/** Variable of the channel that says where its socket is. */
const CONNECTION_ID = "MEDIA_WEBSOCKET_CONNECTION_ID";

export function asteriskLiveAudio(settings: LiveAudioSettings): LiveAudio {
  const { connection, application, http, clock, sending } = settings;
  const { channels } = connection.ari;
  const ask = askThrough(connection);
  const { listen, join, enter, hearWhispers, close } = taps(settings);
  const inTurn = turns();

  async function open(stream: Promise<LiveStream>): Promise<LiveStream> {
    try {
      return await stream;
    } catch (error) {
      // Why it could not be opened, rather than why nothing could be cleared away then.
      throw error instanceof SuppressedError ? error.suppressed : error;
    }
  }

  async function make(order: StreamOrder, signal: AbortSignal): Promise<LiveStream> {
    const ids = tapIds(order.streamId);
    const isTap = order.how === "tap";
    const listener = isTap ? ids.snoop : order.channelId;
    await close(ids);
    await using made = new AsyncDisposableStack();
    made.defer(() => close(ids));
    if (isTap) await listen(ids, order.channelId, order, signal);
    const socket = await openSocket(ids.media, order, signal);
    made.defer(socket.close);
    // Not the listener's end, which comes with the call's: news of an earlier one under that name may be on its way.
    made.defer(connection.onEvent((event) => leftBy(event) === order.channelId && socket.close()));
    await join(ids, [listener, ids.media], signal);
    if (isTap && hearsOthers(order)) made.use(await hearWhispers(ids, order.channelId, signal));
    if (isTap && order.speaks) {
      made.use(await sending.hold(order.channelId, { brief: false, resumed: true }, signal));
    }
    signal.throwIfAborted();
    const open = made.move();
    return { ...socket, [Symbol.asyncDispose]: () => open.disposeAsync() };
  }

  async function makeInBridge({ bridgeId, streamId, sampleRateHz }: BridgeStreamOrder, signal: AbortSignal) {
    const ids = tapIds(streamId);
    await close(ids);
    await using made = new AsyncDisposableStack();
    made.defer(() => close(ids));
    const socket = await openSocket(ids.media, { sampleRateHz }, signal);
    made.defer(socket.close);
    // That the bridge is gone may not be told to us: nobody of ours is in it then.
    made.defer(connection.onEvent((event) => leftBridgeBy(event) === ids.media && socket.close()));
    await ask("tap", signal, () => enter(bridgeId, [ids.media], signal), CHANNEL_OR_BRIDGE_GONE);
    signal.throwIfAborted();
    const opened = made.move();
    return { ...socket, [Symbol.asyncDispose]: () => opened.disposeAsync() };
  }

  /**
   * Opens a channel that is a socket; one after the other. Whoever connects is looked for by `chan_websocket` without the lock
   * that it says it has (`ao2_weakproxy_find` with `OBJ_NOLOCK`): should another channel be made in that moment, the lock is never
   * free again, and Asterisk makes no such channel any more.
   */
  const openSocket = (...socket: Parameters<typeof socketOf>): Promise<MediaSocket> => {
    const [, , signal] = socket;
    return inTurn(async () => openMediaSocket(await socketOf(...socket), signal));
  };

  /** Makes the channel that is a socket, and says where that is. */
  async function socketOf(channelId: string, { sampleRateHz }: Pick<StreamOrder, "sampleRateHz">, signal: AbortSignal) {
    const channel = await ask("openStream", signal, () =>
      channels.externalMedia({
        channelId,
        app: servantOf(application),
        external_host: "INCOMING",
        transport: "websocket",
        encapsulation: "none",
        connection_type: "server",
        format: FORMATS[sampleRateHz],
      }),
    );
    const id = channel.channelvars?.[CONNECTION_ID];
    if (typeof id !== "string") throw new TelephonyError("refused", "openStream", "Asterisk opened no audio socket");
    const url = new URL(`/media/${id}`, http.url);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    return { url, authorization: basicAuthorization(http.username, http.password), sampleRateHz, clock };
  }

  return {
    open: (order, signal) => open(make(order, signal)),
    openInBridge: (order, signal) => open(makeInBridge(order, signal)),
    close: (streamId) => close(tapIds(streamId)),
  };
}

const hearsOthers = ({ heard }: StreamOrder): boolean => heard === "out" || heard === "both";
