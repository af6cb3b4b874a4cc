/** Serves, away from the public: audio of ours to the switch, by its hash, silence, and the page of metrics. Nothing else. */
import { once } from "node:events";
import { open } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream/promises";
import type { AudioFiles, AudioFormat } from "../ports/media.ts";
import type { MetricsPage } from "../ports/metrics.ts";
import { isSilenceFormat, type SilenceFormat, silence } from "./silence.ts";

export type MediaServer = {
  readonly port: number;
  /** Takes no more requests, and lets those under way end for a moment. */
  close(): Promise<void>;
};

/** A name that has the content's hash never means anything else. */
const CACHE_CONTROL = "public, immutable, max-age=31536000";
/**
 * WAV by its registered name, which Asterisk does not know: were it `audio/wav`, Asterisk would take that for the format
 * `wav`, whatever the URL's ending says, and then refuse 16 kHz.
 */
const CONTENT_TYPE = "audio/vnd.wave";
/** Files go over in milliseconds; who takes longer is not listening. */
const CLOSE_PATIENCE_MS = 2_000;

/** Listens until closed. */
export async function startMediaServer({
  files,
  metrics,
  host,
  port,
  onError = () => {},
}: {
  files: AudioFiles;
  metrics?: MetricsPage;
  host: string;
  port: number;
  /** Hears of a file that could not be read. */
  onError?: (error: unknown) => void;
}): Promise<MediaServer> {
  const server = createServer((request, response) => {
    const answered = metrics && request.url === "/metrics" ? tell(metrics, response) : answer(files, request, response);
    answered.catch((error) => {
      if (!isClientGone(error)) onError(error);
      if (response.headersSent) response.destroy();
      else response.writeHead(500).end();
    });
  });
  server.listen(port, host);
  await once(server, "listening");
  return { port: portOf(server), close: () => close(server) };
}

async function tell(metrics: MetricsPage, response: ServerResponse): Promise<void> {
  const text = await metrics.text();
  response.writeHead(200, { "content-type": metrics.contentType, "cache-control": "no-store" }).end(text);
}

async function answer(files: AudioFiles, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const format = silenceIn(request.url ?? "");
  if (format) return serveSilence(format, response);
  const name = nameIn(request.url ?? "");
  const path = name && (await files.find(name.id, name.format));
  if (!name || !path) return refuse(response, 404);
  if (request.method !== "GET" && request.method !== "HEAD") return refuse(response, 405, { allow: "GET, HEAD" });

  const etag = `"${name.id}.${name.format}"`;
  const headers = { etag, "cache-control": CACHE_CONTROL, "x-content-type-options": "nosniff" };
  if (request.headers["if-none-match"]?.includes(etag)) return refuse(response, 304, headers);
  await using file = await open(path);
  const { size } = await file.stat();
  response.writeHead(200, { ...headers, "content-type": CONTENT_TYPE, "content-length": size });
  if (request.method === "HEAD") response.end();
  else await pipeline(file.createReadStream({ autoClose: false }), response);
}

function serveSilence(format: SilenceFormat, response: ServerResponse): void {
  response.writeHead(200, { "cache-control": CACHE_CONTROL, "content-type": CONTENT_TYPE }).end(silence(format));
}

/** Under any name that begins so: a new one is not in anybody's cache. */
function silenceIn(path: string): SilenceFormat | undefined {
  const [, format] = /^\/media\/silence(?:-[0-9a-f]+)?\.(\w+)$/.exec(path) ?? [];
  return format !== undefined && isSilenceFormat(format) ? format : undefined;
}

/** The raw path must be exactly such a name: there is nothing to decode, so nothing to smuggle. */
function nameIn(path: string): { id: string; format: AudioFormat } | undefined {
  const [, id, format] = /^\/media\/([0-9a-f]{64})\.(wav|wav16)$/.exec(path) ?? [];
  return id && (format === "wav" || format === "wav16") ? { id, format } : undefined;
}

function refuse(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  response.writeHead(status, headers).end();
}

const isClientGone = (error: unknown): boolean =>
  error instanceof Error &&
  "code" in error &&
  /^(ERR_STREAM_PREMATURE_CLOSE|ECONNRESET|EPIPE)$/.test(String(error.code));

async function close(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeIdleConnections();
  const impatience = setTimeout(() => server.closeAllConnections(), CLOSE_PATIENCE_MS);
  await closed;
  clearTimeout(impatience);
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  return typeof address === "object" && address ? address.port : 0;
}
