import type { OperationName } from "./operations.generated.ts";
import { frameOf } from "./rest-over-websocket.ts";
import type { WireRequest } from "./wire-request.ts";

export type Transport = "socket" | "longer" | "http";

type Reason = "looks up one thing" | "sets one thing" | "queues a frame" | "wakes the channel";

/**
 * Operations that Asterisk answers at once. It takes the requests of one socket in turn, and while it works on one, our
 * other calls wait; so what is not known to be quick goes over HTTP, where requests run side by side: leaving a bridge
 * (10 ms, as joining, for which there is a way of its own), listing, making channels and snoops, modules, accounts, files, and
 * setting a channel's variable, which waits until the prompt that it plays is over.
 */
const QUICK: Partial<Record<string, Reason>> = {
  "asterisk.ping": "looks up one thing",
  "asterisk.getGlobalVar": "looks up one thing",
  "asterisk.setGlobalVar": "sets one thing",
  "bridges.create": "sets one thing",
  "bridges.createWithId": "sets one thing",
  "bridges.get": "looks up one thing",
  "bridges.getBridgeVar": "looks up one thing",
  "bridges.getBridgeVars": "looks up one thing",
  "bridges.setBridgeVar": "sets one thing",
  "bridges.setBridgeVars": "sets one thing",
  "channels.answer": "wakes the channel",
  "channels.continueInDialplan": "wakes the channel",
  "channels.get": "looks up one thing",
  "channels.getChannelVar": "looks up one thing",
  "channels.getChannelVars": "looks up one thing",
  "channels.hangup": "wakes the channel",
  "channels.hold": "queues a frame",
  "channels.move": "wakes the channel",
  "channels.mute": "sets one thing",
  "channels.play": "wakes the channel",
  "channels.playWithId": "wakes the channel",
  "channels.progress": "queues a frame",
  "channels.record": "wakes the channel",
  "channels.ring": "queues a frame",
  "channels.ringStop": "queues a frame",
  "channels.rtpstatistics": "looks up one thing",
  "channels.sendDTMF": "wakes the channel",
  "channels.startMoh": "wakes the channel",
  "channels.startSilence": "wakes the channel",
  "channels.stopMoh": "wakes the channel",
  "channels.stopSilence": "wakes the channel",
  "channels.unhold": "queues a frame",
  "channels.unmute": "sets one thing",
  "events.claimChannel": "sets one thing",
  "playbacks.control": "wakes the channel",
  "playbacks.get": "looks up one thing",
  "playbacks.stop": "wakes the channel",
  "recordings.getLive": "looks up one thing",
  "recordings.pause": "wakes the channel",
  "recordings.stop": "wakes the channel",
  "recordings.unpause": "wakes the channel",
} satisfies Partial<Record<OperationName, Reason>>;

/** Milliseconds, and somebody waits for the first word: not over HTTP, when another way is free. */
const LONGER: ReadonlySet<string> = new Set(["bridges.addChannel"] satisfies readonly OperationName[]);

/** Asterisk closes a socket (1009) on which a frame of 64 KiB arrives; this leaves room for the frame's own header. */
const FRAME_LIMIT_BYTES = 60 * 1024;

/** Asterisk's HTTP server refuses a larger JSON body with 413. */
const HTTP_BODY_LIMIT_BYTES = 40_960;

/** The way of a request: by what it costs, unless its size leaves only the other. */
export const transportFor = (operation: string, wire: WireRequest): Transport => {
  const preferred = Object.hasOwn(QUICK, operation) ? "socket" : LONGER.has(operation) ? "longer" : "http";
  const { body = "" } = wire;
  // Most requests end here; a character takes at most three bytes, and escaping in the frame at most doubles it.
  if ((body.length + wire.uri.length) * 6 < HTTP_BODY_LIMIT_BYTES) return preferred;
  if (Buffer.byteLength(frameOf("", wire)) > FRAME_LIMIT_BYTES) return "http";
  return Buffer.byteLength(body) > HTTP_BODY_LIMIT_BYTES ? "socket" : preferred;
};
