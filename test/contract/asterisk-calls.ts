/** Calls on a real Asterisk with nothing of ours but its adapter: what the core is promised of a switch is proven with these. */
import { randomUUID } from "node:crypto";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll } from "vitest";
import { downloadFrom } from "../../src/asterisk/ari/download.ts";
import { type DirectBridges, directBridgesOn } from "../../src/asterisk/direct-bridges.ts";
import { snoopsOn } from "../../src/asterisk/snoops.ts";
import { steadySending } from "../../src/asterisk/steady-sending.ts";
import { translatorsAnew } from "../../src/asterisk/translators-anew.ts";
import { connectionTo, realClock } from "../asterisk/ari/support.ts";
import { type Asterisk, startAsterisk } from "../support/asterisk.ts";
import { type AudioServer, startAudioServer } from "../support/audio-server.ts";
import type { Call } from "../support/call.ts";
import { eventually } from "../support/eventually.ts";
import { expectNothingLeft } from "../support/lab.ts";
import { nextAddress } from "../support/loopback.ts";
import { type DialOptions, type Phone, startPhone } from "../support/phone.ts";

/** A call from outside, with its channel. */
export type Arrived = { readonly call: Call; readonly channelId: string; readonly arguments: readonly string[] };

const APPLICATION = "ringdown";
/** Any number: the dialplan hands each to us. */
const NUMBER = "300";

/** Starts Asterisk for the tests of one file; after each test, checks that its calls have left nothing. */
export function asteriskCalls() {
  const closing = new AbortController();
  const phones: Phone[] = [];
  let asterisk: Asterisk;
  let audio: AudioServer;
  let connection: ReturnType<typeof connectionTo>;
  let directBridges: DirectBridges;

  beforeAll(async () => {
    asterisk = await startAsterisk();
    audio = await startAudioServer();
    connection = connectionTo(asterisk);
    directBridges = directBridgesOn(connection);
    await connection.start();
    await connection.whenUp(AbortSignal.timeout(10_000));
    // The dialplan takes us to be there until long after the last test.
    const seconds = Math.floor(Date.now() / 1_000) + 3_600;
    await connection.ari.asterisk.setGlobalVar({ variable: "RINGDOWN_HEARTBEAT", value: String(seconds) });
  });
  afterEach(async () => {
    await Promise.all(phones.splice(0).map((phone) => phone.close()));
    await expectNothingLeft(asterisk);
  });
  afterAll(async () => {
    closing.abort(new Error("the tests are over"));
    await connection.close();
    await audio.close();
    await asterisk[Symbol.asyncDispose]();
  });

  const phone = async (options: Partial<Parameters<typeof startPhone>[0]> = {}): Promise<Phone> => {
    const server = { address: asterisk.address, port: 5060 };
    const plugged = await startPhone({ address: nextAddress(), server, ...options });
    phones.push(plugged);
    return plugged;
  };
  const arrivals = () =>
    connection.events.flatMap((event) =>
      event.type === "StasisStart" && "args" in event && event.args[0] === "inbound" ? [event] : [],
    );
  const arrival = (index: number) => eventually("a call that arrives", () => arrivals()[index]);

  async function dialIn(options?: DialOptions): Promise<Arrived> {
    const index = arrivals().length;
    const call = await (await phone()).dial(NUMBER, options);
    const { channel, args } = await arrival(index);
    return { call, channelId: channel.id, arguments: args };
  }

  return {
    parts: () => ({ ...partsOf(connection, closing.signal), directBridges }),
    download: () => {
      const { RINGDOWN_ARI_URL: url = "", RINGDOWN_ARI_PASSWORD: password = "" } = asterisk.environment;
      return downloadFrom({ url, username: "ringdown", password });
    },
    asterisk: () => asterisk,
    audio: () => audio,
    connection: () => connection,
    phone,
    /** Arguments of the next call that arrives after `dial`. */
    async argumentsAfter(dial: () => Promise<unknown>): Promise<readonly string[]> {
      const index = arrivals().length;
      await dial();
      return (await arrival(index)).args;
    },
    dialIn,
    /** A call that has been answered. */
    async connected(options?: DialOptions): Promise<Arrived> {
      const arrived = await dialIn(options);
      await connection.ari.channels.answer({ channelId: arrived.channelId });
      await arrived.call.answered();
      return arrived;
    },
  };
}

/** What the adapters of one process share. */
export function partsOf(connection: ReturnType<typeof connectionTo>, closing: AbortSignal) {
  const clock = realClock();
  const snoops = snoopsOn(connection, pino({ level: "silent" }));
  // Media of these tests have URLs of their own.
  const parts = { connection, application: APPLICATION, mediaUrl: "", clock, closing, snoops };
  return {
    ...parts,
    directBridges: directBridgesOn(connection),
    sending: steadySending(parts),
    translators: translatorsAnew({ ...parts, ids: { next: randomUUID } }),
  };
}

export const signal = AbortSignal.timeout(600_000);
