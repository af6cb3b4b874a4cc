import { execFileSync } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Media, MediaLibrary } from "../../src/ports/media.ts";
import type { AudioStore } from "../../src/providers/audio/audio-store.ts";
import { addressPolicy } from "../../src/providers/outbound/address-policy.ts";
import { outboundHttp } from "../../src/providers/outbound/outbound-http.ts";
import {
  type AudioServer,
  encoded,
  endless,
  file,
  redirect,
  silent,
  stalled,
  startAudioServer,
  webPage,
} from "../support/audio-server.ts";
import { nextAddress } from "../support/loopback.ts";
import { hear, samplesOf, toneWav } from "../support/tones.ts";
import { libraryOn, never, storeIn, temporaryFolder } from "./media-parts.ts";

const address = nextAddress();
const elsewhere = nextAddress();
const http = outboundHttp(addressPolicy(address));
/** Quick to fail, ample for files of a second. */
const limits = { deadlineMs: 1_500, maxBytes: 2_000_000 };
let nowMs = 0;
let served = 0;
let server: AudioServer;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let store: AudioStore;
let library: MediaLibrary;

beforeAll(async () => {
  server = await startAudioServer(address, 8020);
});
afterAll(async () => {
  await Promise.all([http.close(), server.close()]);
});
beforeEach(async () => {
  await folder?.[Symbol.asyncDispose]();
  folder = await temporaryFolder();
  store = await storeIn(folder.path);
  library = libraryOn(store, folder.path, http, { limits, now: () => nowMs });
  return () => folder[Symbol.asyncDispose]();
});

describe("audio of every kind is heard as what it is", () => {
  const kinds = ["wav", "mp3", "ogg", "flac"].flatMap((format) =>
    [8_000, 16_000, 22_050, 44_100, 48_000].flatMap((rateHz) =>
      [1, 2].map((channels): [string, number, number] => [format, rateHz, channels]),
    ),
  );
  test.each(kinds)("%s, %d Hz, %d channels", async (format, rateHz, channels) => {
    const audio = encoded(toneWav(850), format, ["rate", String(rateHz), "channels", String(channels)]);
    expect(await tonesOf(await fetch(file(audio, "application/octet-stream")))).toEqual({ wav: [850], wav16: [850] });
  });

  test("a µ-law WAV", async () => {
    const audio = execFileSync("sox", ["-t", "wav", "-", "-e", "mu-law", "-t", "wav", "-"], { input: toneWav(850) });
    expect(await tonesOf(await fetch(file(audio)))).toMatchObject({ wav: [850] });
  });
});

describe("what gives no audio says why", () => {
  test.each([
    ["not found", 404, "not_found"],
    ["gone", 410, "not_found"],
    ["forbidden", 403, "refused"],
    ["a server in trouble", 500, "unreachable"],
    ["no content", 204, "refused"],
  ])("%s", (_name, status, reason) =>
    expect(fetch((_, response) => response.writeHead(status).end())).rejects.toMatchObject({ reason }),
  );

  test.each([
    ["silence", silent, "timeout"],
    ["a stalled body", stalled, "timeout"],
    ["an endless body", endless, "too_large"],
    ["a web page", webPage, "not_audio"],
    ["a web page that says it is audio", file(Buffer.from("<!doctype html><p>Hi"), "audio/mpeg"), "not_audio"],
    ["a playlist", file(Buffer.from("#EXTM3U\nhttp://127.0.0.1/a.wav\n"), "audio/x-mpegurl"), "not_audio"],
    ["nothing", file(Buffer.alloc(0)), "not_audio"],
    ["the head of a WAV and rubbish", file(Buffer.from(`RIFF\0\0\0\0WAVE${"x".repeat(500)}`)), "not_audio"],
    ["the head of an MP3 and rubbish", file(Buffer.from(`ID3${"x".repeat(500)}`)), "not_audio"],
    ["a redirect to a private address", redirect(`http://${elsewhere}/`), "refused"],
    ["a redirect to itself", redirect("#again"), "unreachable"],
  ])("%s", (_name, answer, reason) => expect(fetch(answer)).rejects.toMatchObject({ name: "MediaError", reason }));

  test("a private address", () =>
    expect(library.fetch(`http://${elsewhere}:8020/a.wav`, never)).rejects.toMatchObject({ reason: "refused" }));

  test("and never what is secret in the URL", async () => {
    const url = server.serve("/audio?token=hunter2", webPage).replace("http://", "http://user:hunter2@");
    const error = await library.fetch(url, never).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ reason: "not_audio", url: expect.stringContaining(address) });
    expect(JSON.stringify([error, String(error)])).not.toContain("hunter2");
  });

  test("and leaves no half file behind", async () => {
    await fetch(endless).catch(() => undefined);
    expect(await readdir(join(folder.path, "temporary"))).toEqual([]);
  });
});

describe("audio that is known", () => {
  test("is not fetched again while its server says so, also after a restart", async () => {
    const url = serve((_, response) => response.setHeader("cache-control", "max-age=60").end(toneWav(620)));
    const media = await library.fetch(url, never);
    nowMs += 59_000;
    const restarted = libraryOn(await storeIn(folder.path), folder.path, http, { limits, now: () => nowMs });
    expect(await restarted.fetch(url, never)).toEqual(media);
    expect(server.requests(url)).toBe(1);
    nowMs += 2_000;
    await restarted.fetch(url, never);
    expect(server.requests(url)).toBe(2);
  });

  test("is asked for by its tag, and not sent again", async () => {
    const statuses: number[] = [];
    const url = serve((request, response) => {
      const known = request.headers["if-none-match"] === '"v1"';
      statuses.push(known ? 304 : 200);
      response.writeHead(known ? 304 : 200, { etag: '"v1"' }).end(known ? undefined : toneWav(620));
    });
    expect(await library.fetch(url, never)).toEqual(await library.fetch(url, never));
    expect(statuses).toEqual([200, 304]);
  });

  test("changes when it has changed", async () => {
    const tones = [620, 1_100];
    const url = serve((_, response) => response.end(toneWav(tones.shift() ?? 0)));
    expect(await tonesOf(await library.fetch(url, never))).toMatchObject({ wav: [620] });
    expect(await tonesOf(await library.fetch(url, never))).toMatchObject({ wav: [1_100] });
  });

  test("is played on while its server is in trouble, but not when it is gone", async () => {
    const answers = [file(toneWav(620)), answering(503), answering(404)];
    const url = serve((request, response) => answers.shift()?.(request, response));
    const media = await library.fetch(url, never);
    expect(await library.fetch(url, never)).toEqual(media);
    await expect(library.fetch(url, never)).rejects.toMatchObject({ reason: "not_found" });
  });

  test("is the same under two URLs", async () => {
    expect(await fetch(file(toneWav(620)))).toEqual(await fetch(file(toneWav(620))));
  });

  test("is fetched once for those who ask at the same time", async () => {
    const url = serve(file(toneWav(620)));
    const all = await Promise.all(Array.from({ length: 10 }, () => library.fetch(url, never)));
    expect(new Set(all.map((media) => JSON.stringify(media))).size).toBe(1);
    expect(server.requests(url)).toBe(1);
  });
});

test("a hangup ends the fetch", async () => {
  const controller = new AbortController();
  const arrived = Promise.withResolvers<void>();
  const url = serve(() => arrived.resolve());
  const failed = expect(library.fetch(url, controller.signal)).rejects.toThrow("hung up");
  await arrived.promise;
  controller.abort(new Error("hung up"));
  await failed;
});

const answering =
  (status: number): Parameters<AudioServer["serve"]>[1] =>
  (_request, response) =>
    response.writeHead(status).end();
const serve = (answer: Parameters<AudioServer["serve"]>[1]): string => server.serve(`/audio/${++served}`, answer);
const fetch = (answer: Parameters<AudioServer["serve"]>[1]): Promise<Media> => library.fetch(serve(answer), never);

async function tonesOf(media: Media) {
  const heard = async (format: "wav" | "wav16", rateHz: number): Promise<readonly number[]> => {
    if (media.kind !== "audio") return [];
    const path = await store.find(media.id, format);
    if (!path) return [];
    const samples = samplesOf(await readFile(path));
    return hear(samples, undefined, rateHz).map(({ frequency }) => frequency);
  };
  return { wav: await heard("wav", 8_000), wav16: await heard("wav16", 16_000) };
}
