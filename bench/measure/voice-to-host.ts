import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { type WebSocket, WebSocketServer } from "ws";
import type { Call } from "../../test/support/call.ts";
import { eventually } from "../../test/support/eventually.ts";
import { nextAddress } from "../../test/support/loopback.ts";
import { startPhone } from "../../test/support/phone.ts";
import type { Ringdown } from "../../test/support/ringdown.ts";
import { tone } from "../../test/support/tones.ts";
import { numbersOf } from "../subjects/asterisk.ts";
import { takeStreams } from "../subjects/ringdown.ts";
import { type Spread, spreadOf } from "./statistics.ts";

export type StreamPlan = { readonly streams: number; readonly rounds: number };

const FRAME_MS = 20;
/** Far above what is left of silence on its way, and below a tone. */
const LOUD = 2_000;
/** Between the tones of one call: each is over, wherever it went. */
const ROUND_MS = 1_000;

/** How long after a caller's packet a user's WebSocket has the voice that is in it, ms, while so many calls stream. */
export async function voicesToHost(
  { ringdown, server }: { readonly ringdown: Ringdown; readonly server: string },
  { streams, rounds }: StreamPlan,
): Promise<Spread> {
  if (rounds === 0) return spreadOf([]);
  await using host = await startHost(nextAddress());
  await takeStreams(ringdown, numbersOf.ringdown.stream, host.url);
  await using phone = await startPhone({ address: nextAddress(), server: { address: server, port: 5060 } });
  const calls: { readonly call: Call; readonly loud: readonly number[] }[] = [];
  // One after the other: so each is known by its turn.
  while (calls.length < streams) {
    const call = await phone.dial(numbersOf.ringdown.stream);
    calls.push({ call, loud: await eventually("its stream", () => host.loud[calls.length]) });
  }
  const found: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const lags = calls.map(async ({ call, loud }, turn) => {
      // Spread over the second, and over the 20 ms of a frame.
      await pause((turn * ROUND_MS) / streams);
      await call.say(tone(440, FRAME_MS));
      const sentMs = performance.now();
      return (await eventually("the voice", () => loud.find((atMs) => atMs >= sentMs))) - sentMs;
    });
    found.push(...(await Promise.all(lags)));
  }
  await Promise.all(calls.map(({ call }) => call.hangup()));
  return spreadOf(found);
}

/** When each connection heard something, in the order in which they came. */
async function startHost(address: string) {
  const server = new WebSocketServer({ host: address, port: 8_000, perMessageDeflate: false });
  await once(server, "listening");
  const loud: number[][] = [];
  server.on("connection", (socket: WebSocket) => {
    const heard: number[] = [];
    loud.push(heard);
    socket.on("message", (data: Buffer, isBinary: boolean) => {
      if (isBinary && isLoud(data)) heard.push(performance.now());
    });
  });
  return {
    url: `ws://${address}:8000/`,
    loud,
    async [Symbol.asyncDispose]() {
      for (const client of server.clients) client.terminate();
      server.close();
      await once(server, "close");
    },
  };
}

function isLoud(samples: Buffer): boolean {
  for (let at = 0; at + 1 < samples.length; at += 2) if (Math.abs(samples.readInt16LE(at)) > LOUD) return true;
  return false;
}
