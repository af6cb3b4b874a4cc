/** A server that speaks Amazon Polly's protocol: REST and JSON over HTTP/2. */
import { once } from "node:events";
import { createServer, type Http2Server, type ServerHttp2Stream } from "node:http2";
import { buffer } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { soundOf, startCutter } from "./cloud-sound.ts";
import type { SpeechTrouble } from "./speech-suite.ts";

const requestSchema = z.strictObject({
  Text: z.string(),
  TextType: z.enum(["text", "ssml"]),
  VoiceId: z.string(),
  Engine: z.string().optional(),
  OutputFormat: z.literal("pcm"),
  SampleRate: z.literal("16000"),
});
export type PollyRequest = z.infer<typeof requestSchema>;

/** Its voices, of women but for those who are said to be of men. */
type Offered = { readonly language: string; readonly engines: readonly string[]; readonly gender?: "Male" };
const VOICES: Readonly<Record<string, Offered>> = {
  Joanna: { language: "en-US", engines: ["standard", "neural"] },
  Matthew: { language: "en-US", engines: ["standard", "neural"], gender: "Male" },
  Marlene: { language: "de-DE", engines: ["standard"] },
  Hans: { language: "de-DE", engines: ["standard"], gender: "Male" },
  Celine: { language: "fr-FR", engines: ["standard"] },
  Conchita: { language: "es-ES", engines: ["standard"] },
  Seoyeon: { language: "ko-KR", engines: ["standard"] },
  Ewa: { language: "pl-PL", engines: ["standard"] },
  Laura: { language: "nl-NL", engines: ["neural"] },
};
const MAX_TEXT_LENGTH = 3_000;

type Refusal = readonly [status: number, type: string];
const TROUBLES: { readonly [Trouble in SpeechTrouble]?: Refusal } = {
  refusal: [400, "TextLengthExceededException"],
  quota: [400, "ThrottlingException"],
  credentials: [403, "UnrecognizedClientException"],
};

/** Serves until closed, those who sign with this key. */
export async function startPollyServer(address: string, accessKeyId: string) {
  const requests: PollyRequest[] = [];
  let trouble: SpeechTrouble | undefined;
  let refusesSsml = false;
  let pace: Pace | undefined;

  const answer = async (stream: ServerHttp2Stream, path: string, authorization: string): Promise<void> => {
    const body = (await buffer(stream)).toString();
    const isSigned = new RegExp(
      `^AWS4-HMAC-SHA256 Credential=${accessKeyId}/\\d{8}/[a-z0-9-]+/polly/aws4_request, SignedHeaders=`,
    ).test(authorization);
    if (!isSigned) return refuse(stream, [403, "UnrecognizedClientException"]);
    if (path.startsWith("/v1/voices")) return listVoices(stream, path);
    const asked = requestSchema.parse(JSON.parse(body));
    requests.push(asked);
    const refusal = (trouble && TROUBLES[trouble]) ?? refusalOf(asked, refusesSsml);
    if (refusal) return refuse(stream, refusal);
    if (trouble === "slowness") return;
    stream.respond({ ":status": 200, "content-type": "audio/pcm", "x-amzn-requestcharacters": asked.Text.length });
    if (pace?.isMute?.(asked)) return;
    if (pace) return sendSlowly(stream, pace, asked.Text);
    const sound = trouble === "silence" ? Buffer.alloc(0) : soundOf(asked.Text);
    stream.end(sound);
  };

  const server = createServer();
  server.on("stream", (stream, headers) => {
    stream.on("error", () => {});
    answer(stream, headers[":path"] ?? "", String(headers.authorization ?? "")).catch((error) => stream.destroy(error));
  });
  server.listen(0, address);
  await once(server, "listening");
  const cutter = await startCutter(address, portOf(server));
  return {
    requests,
    endpoint: `http://${address}:${cutter.port}`,
    /** Sends sound as if it took time to make, until undefined is given. */
    sendAtPace: (next: Pace | undefined) => {
      pace = next;
    },
    refuseSsml: (refuses: boolean) => {
      refusesSsml = refuses;
    },
    cutAfter: (bytes: number) => {
      cutter.cutAfter(bytes);
      return () => cutter.cutAfter(Number.POSITIVE_INFINITY);
    },
    begin: async (next: SpeechTrouble) => {
      trouble = next;
      if (next === "cut") cutter.cutAfter(8_000);
      if (next === "death") cutter.cutAfter(0);
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

/** What is said instead of the words, and how it is sent: so much, so often. */
export type Pace = {
  readonly sound: (text: string) => Buffer;
  readonly bytes: number;
  readonly everyMs: number;
  /** Before the first of it; nothing unless given. */
  readonly firstMs?: number;
  /** To whom nothing is said at all. */
  readonly isMute?: (asked: PollyRequest) => boolean;
  /** Hears when all was sent. */
  readonly onSent?: () => void;
};

async function sendSlowly(stream: ServerHttp2Stream, { sound, bytes, everyMs, firstMs, onSent }: Pace, text: string) {
  if (firstMs !== undefined) await pause(firstMs);
  const all = sound(text);
  for (let at = 0; at < all.length && !stream.destroyed; at += bytes) {
    if (at > 0) await pause(everyMs);
    stream.write(all.subarray(at, at + bytes));
  }
  onSent?.();
  stream.end();
}

function refusalOf({ Text, TextType, VoiceId, Engine = "standard" }: PollyRequest, refusesSsml: boolean) {
  const voice = VOICES[VoiceId];
  const refusals: readonly (readonly [boolean, string])[] = [
    [voice === undefined, "ValidationException"],
    [voice?.engines.includes(Engine) === false, "EngineNotSupportedException"],
    [TextType === "text" && Text.length > MAX_TEXT_LENGTH, "TextLengthExceededException"],
    [TextType === "ssml" && refusesSsml, "InvalidSsmlException"],
  ];
  const type = refusals.find(([is]) => is)?.[1];
  return type === undefined ? undefined : ([400, type] as const);
}

/** Two pages of them. */
function listVoices(stream: ServerHttp2Stream, path: string): void {
  const all = Object.entries(VOICES).map(([Id, { language, engines, gender = "Female" }]) => ({
    Id,
    Gender: gender,
    LanguageCode: language,
    SupportedEngines: engines,
  }));
  const isSecond = path.includes("NextToken=second");
  const page = isSecond ? { Voices: all.slice(3) } : { Voices: all.slice(0, 3), NextToken: "second" };
  stream.respond({ ":status": 200, "content-type": "application/json" });
  stream.end(JSON.stringify(page));
}

function refuse(stream: ServerHttp2Stream, [status, type]: Refusal): void {
  stream.respond({ ":status": status, "content-type": "application/json", "x-amzn-errortype": type });
  stream.end(JSON.stringify({ message: "said by the server" }));
}

function portOf(server: Http2Server): number {
  const address = server.address();
  return typeof address === "object" && address ? address.port : 0;
}
