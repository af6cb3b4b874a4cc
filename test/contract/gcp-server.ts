/** A server that speaks Google's protocol: gRPC from the protocol files of its own SDK. */
import { readFileSync } from "node:fs";
import { GrpcClient, grpc } from "google-gax";
import { z } from "zod";
import { wavHead } from "../../src/model/wav.ts";
import { plainTextOf } from "../../src/providers/synthesis/ssml.ts";
import { soundOf, startCutter } from "./cloud-sound.ts";
import type { SpeechTrouble } from "./speech-suite.ts";

const protocols = JSON.parse(
  readFileSync(
    new URL("../../node_modules/@google-cloud/text-to-speech/build/protos/protos.json", import.meta.url),
    "utf8",
  ),
);
const requestSchema = z.object({
  input: z.object({ text: z.string().optional(), ssml: z.string().optional() }),
  voice: z.object({ languageCode: z.string(), name: z.string(), ssmlGender: z.string() }),
  audioConfig: z.object({ audioEncoding: z.literal("LINEAR16"), sampleRateHertz: z.literal(16_000) }),
});
export type GcpRequest = z.infer<typeof requestSchema>;
const streamedSchema = z.union([
  z.object({
    streamingConfig: requestSchema.pick({ voice: true }).extend({
      streamingAudioConfig: z.object({ audioEncoding: z.literal("PCM"), sampleRateHertz: z.literal(16_000) }),
    }),
  }),
  z.object({ input: z.object({ text: z.string() }) }),
]);
/** An odd number, so that samples come in halves. */
const FIRST_BYTES = 3_201;

const LANGUAGES = ["en", "de", "fr", "es", "ko", "pl", "nl", "ja"];
const VOICE = /^(?:[a-z]{2}-[A-Z]{2}-(?:(?:Neural2|Wavenet)-[A-H]|Chirp3-HD-Kore)|)$/;
const MAX_BYTES = 5_000;
const { status } = grpc;

const TROUBLES: { readonly [Trouble in SpeechTrouble]?: { code: number; details: string } } = {
  refusal: { code: status.INVALID_ARGUMENT, details: "this sentence is too long" },
  quota: { code: status.RESOURCE_EXHAUSTED, details: "quota exceeded for quota metric" },
  credentials: { code: status.UNAUTHENTICATED, details: "invalid authentication credentials" },
};

/** Serves until closed. */
export async function startGcpServer(address: string, credentials = grpc.ServerCredentials.createInsecure()) {
  const requests: GcpRequest[] = [];
  const streamed: { readonly voice: string; readonly text: string }[] = [];
  const authorizations: string[] = [];
  let trouble: SpeechTrouble | undefined;
  let refusesSsml = false;
  let restOfStreams: Promise<void> = Promise.resolve();

  const synthesizeSpeech: grpc.handleUnaryCall<unknown, unknown> = ({ request, metadata }, respond) => {
    const asked = requestSchema.parse(request);
    requests.push(asked);
    authorizations.push(String(metadata.get("authorization")[0] ?? ""));
    const fault = trouble && TROUBLES[trouble];
    if (fault) return respond(fault);
    if (trouble === "slowness") return;
    const refusal = refusalOf(asked) ?? (refusesSsml && asked.input.ssml !== undefined ? "no SSML here" : undefined);
    if (refusal !== undefined) return respond({ code: status.INVALID_ARGUMENT, details: refusal });
    const sound = trouble === "silence" ? Buffer.alloc(0) : soundOf(asked.input.ssml ?? asked.input.text ?? "");
    respond(null, { audioContent: Buffer.concat([wavHead(sound.length, 16_000), sound]) });
  };

  const streamingSynthesize: grpc.handleBidiStreamingCall<unknown, unknown> = (call) => {
    let voice: GcpRequest["voice"] | undefined;
    const fail = (fault: object) => void call.emit("error", fault);
    call.on("error", () => {});
    call.on("data", async (message: unknown) => {
      const asked = streamedSchema.parse(message);
      if ("streamingConfig" in asked) {
        ({ voice } = asked.streamingConfig);
        return;
      }
      if (!voice) return fail({ code: status.INVALID_ARGUMENT, details: "no voice" });
      streamed.push({ voice: voice.name, text: asked.input.text });
      const fault = trouble && TROUBLES[trouble];
      if (fault) return fail(fault);
      if (trouble === "slowness") return;
      if (!voice.name.includes("-Chirp3-HD-")) return fail({ code: status.INVALID_ARGUMENT, details: "not streamed" });
      const sound = trouble === "silence" ? Buffer.alloc(0) : soundOf(asked.input.text);
      call.write({ audioContent: sound.subarray(0, FIRST_BYTES) });
      await restOfStreams;
      call.write({ audioContent: sound.subarray(FIRST_BYTES) });
      call.end();
    });
  };

  const server = new grpc.Server();
  // Its types know nothing of what the protocol files say.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  const { google } = new GrpcClient().loadProtoJSON(protocols) as any;
  server.addService(google.cloud.texttospeech.v1.TextToSpeech.service, { synthesizeSpeech, streamingSynthesize });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync(`${address}:0`, credentials, (error, bound) => (error ? reject(error) : resolve(bound))),
  );
  const cutter = await startCutter(address, port);
  return {
    requests,
    streamed,
    authorizations,
    /** Keeps back all but the first of what is streamed, until the result is called. */
    holdRest: () => {
      const rest = Promise.withResolvers<void>();
      restOfStreams = rest.promise;
      return rest.resolve;
    },
    endpoint: `http://${address}:${cutter.port}`,
    refuseSsml: (refuses: boolean) => {
      refusesSsml = refuses;
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
      server.forceShutdown();
    },
  };
}

function refusalOf({ input, voice }: GcpRequest): string | undefined {
  const { text, ssml } = input;
  if (Buffer.byteLength(ssml ?? text ?? "") > MAX_BYTES) return "input is longer than the limit of 5000 bytes";
  if (!LANGUAGES.includes(voice.languageCode.split("-")[0] ?? "")) return "language is not supported";
  if (!VOICE.test(voice.name)) return "this voice does not exist";
  if (voice.name !== "" && !voice.name.startsWith(voice.languageCode)) return "the voice has another language";
  return ssml !== undefined && plainTextOf(ssml) === "" ? "invalid SSML" : undefined;
}
