import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { SERVER_ADDRESS } from "./loopback.ts";
import { toneWav } from "./tones.ts";

/** A web server with the audio files of a test, good and bad ones. */
export type AudioServer = AsyncDisposable & {
  /** Serves under a path; gives its URL. */
  serve(path: string, answer: RequestListener): string;
  /** Serves a WAV of one tone; gives its URL. */
  tone(frequency: number, durationMs?: number): string;
  /** How often a URL was asked for. */
  requests(url: string): number;
  close(): Promise<void>;
};

const PORT = 8000;
/** Served of an endless body at a time: a megabyte a second and more. */
const ENDLESS_CHUNK = Buffer.alloc(64 * 1024);

/** Starts the server on a loopback address of this test file. */
export const startAudioServer = async (address = SERVER_ADDRESS, port = PORT): Promise<AudioServer> => {
  const answers = new Map<string, RequestListener>();
  const counts = new Map<string, number>();
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    counts.set(path, (counts.get(path) ?? 0) + 1);
    (answers.get(path) ?? notFound)(request, response);
  });
  server.listen(port, address);
  await once(server, "listening");
  const base = `http://${address}:${port}`;

  const serve: AudioServer["serve"] = (path, answer) => {
    answers.set(path, answer);
    return base + path;
  };
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    const closed = once(server, "close");
    server.close();
    await closed;
  };
  return {
    serve,
    tone: (frequency, durationMs) =>
      serve(`/${frequency}-${durationMs ?? "short"}.wav`, file(toneWav(frequency, durationMs))),
    requests: (url) => counts.get(url.slice(base.length)) ?? 0,
    close,
    [Symbol.asyncDispose]: close,
  };
};

/** Answers with bytes. */
export const file =
  (bytes: Buffer, contentType = "audio/wav"): RequestListener =>
  (_request, response) =>
    response.writeHead(200, { "content-type": contentType, "content-length": bytes.length }).end(bytes);

/** Answers 404. */
export const notFound: RequestListener = (_request, response) => response.writeHead(404).end("not found");

/** Answers with a web page where audio should be. */
export const webPage: RequestListener = (_request, response) =>
  response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>Welcome</title>");

/** Sends the head and a first piece, then nothing more. */
export const stalled: RequestListener = (_request, response) => {
  response.writeHead(200, { "content-type": "audio/wav" }).write(toneWav(440).subarray(0, 100));
};

/** Takes the request and never answers. */
export const silent: RequestListener = () => {};

/** Never stops sending. */
export const endless: RequestListener = (_request, response) => {
  response.writeHead(200, { "content-type": "audio/wav" });
  const pour = (): void => {
    while (!response.destroyed && response.write(ENDLESS_CHUNK));
  };
  response.on("drain", pour);
  pour();
};

/** Sends the caller elsewhere. */
export const redirect =
  (location: string): RequestListener =>
  (_request, response) =>
    response.writeHead(302, { location }).end();

/** Lets the other answer wait. */
export const late =
  (delayMs: number, answer: RequestListener): RequestListener =>
  async (request, response) => {
    await pause(delayMs);
    answer(request, response);
  };

/** A WAV as another format, such as `mp3`, `ogg` or `flac`. */
export const encoded = (wav: Buffer, format: string, effects: readonly string[] = []): Buffer =>
  execFileSync("sox", ["-t", "wav", "-", "-t", format, "-", ...effects], { input: wav });
