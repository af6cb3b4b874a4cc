/** A server that speaks Google's protocol for speech recognition: gRPC from the protocol files of its own SDK. */
import { readFileSync } from "node:fs";
import { GrpcClient, grpc } from "google-gax";
import { z } from "zod";
import { startCutter } from "./cloud-sound.ts";
import { createEar, type Understood } from "./recognition-ear.ts";
import type { RecognitionTrouble } from "./recognition-suite.ts";

const protocols = JSON.parse(
  readFileSync(new URL("../../node_modules/@google-cloud/speech/build/protos/protos.json", import.meta.url), "utf8"),
);
const configSchema = z.object({
  interimResults: z.literal(true),
  config: z.object({
    encoding: z.literal("LINEAR16"),
    sampleRateHertz: z.union([z.literal(8_000), z.literal(16_000)]),
    languageCode: z.string(),
    speechContexts: z.array(z.object({ phrases: z.array(z.string()) })),
  }),
});
export type GcpRecognitionConfig = z.infer<typeof configSchema>["config"];
const requestSchema = z.object({
  streamingConfig: configSchema.nullish(),
  audioContent: z.instanceof(Buffer).nullish(),
});

const LANGUAGE = /^(en|de|fr|es|ko|pl|nl|ja|cmn)-/;
/** What Google takes in one message. */
const MOST_BYTES = 25_600;
const { status } = grpc;

const REFUSALS: { readonly [Trouble in RecognitionTrouble]?: { code: number; details: string } } = {
  refusal: { code: status.INVALID_ARGUMENT, details: "Invalid recognition 'config': bad sample rate" },
  quota: { code: status.RESOURCE_EXHAUSTED, details: "Quota exceeded for quota metric" },
  credentials: { code: status.UNAUTHENTICATED, details: "invalid authentication credentials" },
};
const LIMIT = { code: status.OUT_OF_RANGE, details: "Exceeded maximum allowed stream duration of 305 seconds." };

type Stream = grpc.ServerDuplexStream<unknown, unknown>;

/** Serves until closed; `onAudio` is told of each piece, and of which stream it is. */
export async function startGcpRecognitionServer(
  address: string,
  onAudio: (session: number, audio: Buffer) => void = () => {},
) {
  const configs: GcpRecognitionConfig[] = [];
  const heardMs: number[] = [];
  let trouble: RecognitionTrouble | undefined;
  let limitMs = Number.POSITIVE_INFINITY;

  function streamingRecognize(stream: Stream): void {
    let ear: ReturnType<typeof createEar> | undefined;
    let isOver = false;
    let session = -1;
    const end = (error: { code: number; details: string }) => {
      isOver = true;
      stream.emit("error", error);
    };
    const tell = (all: readonly Understood[]) => {
      for (const understood of all) stream.write({ results: [resultOf(understood)] });
    };
    stream.on("error", () => {});
    stream.on("data", (message: unknown) => {
      if (isOver) return;
      const { streamingConfig, audioContent } = requestSchema.parse(message);
      const refusal = trouble && REFUSALS[trouble];
      if (refusal) return end(refusal);
      if (streamingConfig) {
        const { config } = streamingConfig;
        session = configs.push(config) - 1;
        if (!LANGUAGE.test(config.languageCode)) {
          return end({ code: status.INVALID_ARGUMENT, details: "language is not supported" });
        }
        ear = createEar(config.sampleRateHertz);
      }
      if (!audioContent || audioContent.length === 0) return;
      if (!ear || audioContent.length > MOST_BYTES)
        return end({ code: status.INVALID_ARGUMENT, details: "malordered" });
      if (trouble === "stall") return;
      onAudio(session, audioContent);
      tell(ear.hear(audioContent));
      heardMs[session] = ear.heardMs;
      if (ear.heardMs >= limitMs) end(LIMIT);
    });
    stream.on("end", () => {
      if (isOver || trouble === "stall") return;
      if (ear) tell(ear.end());
      stream.end();
    });
  }

  const server = new grpc.Server();
  // Its types know nothing of what the protocol files say.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  const { google } = new GrpcClient().loadProtoJSON(protocols) as any;
  server.addService(google.cloud.speech.v1.Speech.service, { streamingRecognize });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync(`${address}:0`, grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  const cutter = await startCutter(address, port);
  return {
    /** One for each stream. */
    configs,
    /** How much audio each stream has brought. */
    heardMs,
    endpoint: `http://${address}:${cutter.port}`,
    limitStreams: (ms: number) => {
      limitMs = ms;
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
      server.forceShutdown();
    },
  };
}

const timeOf = (ms: number) => ({ seconds: Math.floor(ms / 1_000), nanos: (ms % 1_000) * 1_000_000 });

const resultOf = ({ text, isFinal, startMs, endMs }: Understood) => ({
  isFinal,
  stability: isFinal ? 0 : 0.9,
  resultEndTime: timeOf(endMs),
  alternatives: [
    { transcript: text, ...(isFinal && { confidence: 0.875, words: [{ startTime: timeOf(startMs), word: text }] }) },
  ],
});
