/** A server that speaks Amazon Transcribe's protocol: event streams both ways over HTTP/2. */
import { once } from "node:events";
import { createServer, type Http2Server, type IncomingHttpHeaders, type ServerHttp2Stream } from "node:http2";
import { startCutter } from "./cloud-sound.ts";
import { encodeEvent, eventDecoder } from "./event-stream.ts";
import { createEar, type Understood } from "./recognition-ear.ts";
import type { RecognitionTrouble } from "./recognition-suite.ts";

const PATH = "/stream-transcription";
const LANGUAGE = /^(en|de|fr|es|ko|pl|nl|ja|zh)-/;
/** What Amazon takes in one message. */
const MOST_BYTES = 32_000;

type Refusal = readonly [status: number, type: string];
const REFUSALS: { readonly [Trouble in RecognitionTrouble]?: Refusal } = {
  refusal: [400, "BadRequestException"],
  quota: [429, "LimitExceededException"],
  credentials: [403, "UnrecognizedClientException"],
};

/** Serves until closed, those who sign with this key. */
export async function startAwsRecognitionServer(address: string, accessKeyId: string) {
  const asked: { readonly language: string; readonly sampleRateHz: number }[] = [];
  let trouble: RecognitionTrouble | undefined;
  /** What a stream that lasts is told when it has brought so much audio. */
  let fate: { readonly afterMs: number; readonly type: string } | undefined;

  function answer(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    const isSigned = new RegExp(
      `^AWS4-HMAC-SHA256 Credential=${accessKeyId}/\\d{8}/[a-z0-9-]+/transcribe/aws4_request, SignedHeaders=`,
    ).test(String(headers.authorization ?? ""));
    const language = String(headers["x-amzn-transcribe-language-code"] ?? "");
    const sampleRateHz = Number(headers["x-amzn-transcribe-sample-rate"]);
    const isUnderstood =
      headers[":path"] === PATH && headers["x-amzn-transcribe-media-encoding"] === "pcm" && LANGUAGE.test(language);
    const refusals: readonly (readonly [boolean, Refusal])[] = [
      [!isSigned, [403, "UnrecognizedClientException"]],
      [!isUnderstood, [400, "BadRequestException"]],
    ];
    const refusal = (trouble && REFUSALS[trouble]) ?? refusals.find(([is]) => is)?.[1];
    if (refusal) {
      refuse(stream, refusal);
      return;
    }
    asked.push({ language, sampleRateHz });
    stream.respond({ ":status": 200, "content-type": "application/vnd.amazon.eventstream" });
    listen(stream, sampleRateHz);
  }

  function listen(stream: ServerHttp2Stream, sampleRateHz: number): void {
    const ear = createEar(sampleRateHz);
    const [outer, inner] = [eventDecoder(), eventDecoder()];
    const tell = (all: readonly Understood[]) => {
      for (const understood of all) stream.write(eventOf(understood));
    };
    stream.on("data", (bytes: Buffer) => {
      for (const signed of outer(bytes)) {
        for (const { headers, body } of signed.body.length > 0 ? inner(signed.body) : []) {
          if (headers[":event-type"] !== "AudioEvent" || body.length > MOST_BYTES) return stream.destroy();
          if (trouble !== "stall") tell(ear.hear(body));
        }
      }
      if (!fate || ear.heardMs < fate.afterMs) return;
      stream.end(exceptionOf(fate.type));
    });
    stream.on("end", () => {
      if (trouble === "stall") return;
      tell(ear.end());
      stream.end();
    });
  }

  const server = createServer();
  server.on("stream", (stream, headers) => {
    stream.on("error", () => {});
    answer(stream, headers);
  });
  server.listen(0, address);
  await once(server, "listening");
  const cutter = await startCutter(address, portOf(server));
  return {
    asked,
    endpoint: `http://${address}:${cutter.port}`,
    failStreams: (next: typeof fate) => {
      fate = next;
    },
    begin: async (next: RecognitionTrouble) => {
      trouble = next;
      if (next === "cut" || next === "death") cutter.cutAfter(0);
      return async () => {
        trouble = undefined;
        cutter.cutAfter(Number.POSITIVE_INFINITY);
      };
    },
    close: () => {
      cutter.close();
      server.close();
    },
  };
}

const eventOf = ({ text, isFinal, startMs, endMs }: Understood): Buffer => {
  const Result = {
    ResultId: "1",
    IsPartial: !isFinal,
    StartTime: startMs / 1_000,
    EndTime: endMs / 1_000,
    Alternatives: [
      { Transcript: text, Items: isFinal ? [{ Content: text, Type: "pronunciation", Confidence: 0.875 }] : [] },
    ],
  };
  return encodeEvent({
    headers: { ":message-type": "event", ":event-type": "TranscriptEvent", ":content-type": "application/json" },
    body: Buffer.from(JSON.stringify({ Transcript: { Results: [Result] } })),
  });
};

const exceptionOf = (type: string): Buffer =>
  encodeEvent({
    headers: { ":message-type": "exception", ":exception-type": type, ":content-type": "application/json" },
    body: Buffer.from(JSON.stringify({ Message: "said by the server" })),
  });

function refuse(stream: ServerHttp2Stream, [status, type]: Refusal): void {
  stream.respond({ ":status": status, "content-type": "application/json", "x-amzn-errortype": type });
  stream.end(JSON.stringify({ Message: "said by the server" }));
}

function portOf(server: Http2Server): number {
  const address = server.address();
  return typeof address === "object" && address ? address.port : 0;
}
