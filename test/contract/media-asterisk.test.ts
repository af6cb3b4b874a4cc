import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type MediaServer, startMediaServer } from "../../src/http/media-server.ts";
import type { AudioFiles } from "../../src/ports/media.ts";
import { type Asterisk, startAsterisk } from "../support/asterisk.ts";
import { nextAddress } from "../support/loopback.ts";
import { type Phone, startPhone } from "../support/phone.ts";
import type { CodecName } from "../support/rtp/codec.ts";
import { toneWav } from "../support/tones.ts";
import { never, storeIn, temporaryFolder } from "./media-parts.ts";

const FREQUENCY = 1_100;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let asterisk: Asterisk;
let server: MediaServer;
let phone: Phone;
const asked: string[] = [];

beforeAll(async () => {
  folder = await temporaryFolder();
  const store = await storeIn(folder.path);
  const source = join(folder.path, "source");
  await writeFile(source, toneWav(FREQUENCY));
  const { id } = await store.add(source, never);
  const files: AudioFiles = {
    find: (audio, format) => {
      asked.push(format);
      return store.find(audio, format);
    },
  };
  asterisk = await startAsterisk();
  server = await startMediaServer({ files, host: asterisk.address, port: 0 });
  phone = await startPhone({ address: nextAddress(), server: { address: asterisk.address, port: 5060 } });
  const url = `http://${asterisk.address}:${server.port}/media/${id}`;
  await asterisk.addExtension("710", ["Answer", `Playback(${url}.wav)`]);
  await asterisk.addExtension("711", ["Answer", `Playback(${url}.wav16)`]);
});
afterAll(async () => {
  await phone.close();
  await asterisk[Symbol.asyncDispose]();
  await server.close();
  await folder[Symbol.asyncDispose]();
});

test.each<[string, string, CodecName]>([
  ["wav", "710", "pcmu"],
  ["wav16", "711", "g722"],
])("Asterisk plays our %s, and fetches it once", async (format, number, codec) => {
  for (const _ of [1, 2]) {
    const call = await phone.dial(number, { codecs: [codec] });
    const { durationMs } = await call.heard(FREQUENCY);
    expect(durationMs).toBeGreaterThan(50);
    await call.ended();
    expect(call.tones()).toMatchObject([{ frequency: FREQUENCY }]);
  }
  expect(asked.filter((each) => each === format)).toEqual([format]);
});
