/** The only reader of the environment: every setting of Ringdown, checked once, frozen. */
import { existsSync, readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { closest, distance } from "fastest-levenshtein";
import { z } from "zod";
import { telephonePrefixSchema } from "./model/telephone.ts";
import { smsFaults, smsSettings } from "./sms-settings.ts";

const port = z.coerce.number().int().min(1).max(65_535);
const count = z.coerce.number().int().min(1);
const host = z.string().min(1);
const secret = z.string().min(8, "at least 8 characters").meta({ secret: true });
const list = z.string().transform((text) => text.split(",").flatMap((item) => item.trim() || []));
const webUrl = z.url({ protocol: /^https?$/ });
const yesOrNo = z.enum(["true", "false"]).transform((text) => text === "true");
const listenAddress = z
  .string()
  .regex(/^[^:]+:\d{1,5}$/, "HOST:PORT")
  .transform((text) => ({
    host: text.slice(0, text.lastIndexOf(":")),
    port: Number(text.slice(text.lastIndexOf(":") + 1)),
  }));

export const configSchema = z.object({
  RINGDOWN_HTTP_BIND: host.default("127.0.0.1").describe("Address of the HTTP API."),
  RINGDOWN_HTTP_PORT: port.default(8080).describe("Port of the HTTP API."),
  RINGDOWN_HTTP_URL: webUrl
    .transform((url) => url.replace(/\/+$/, ""))
    .optional()
    .describe("How others reach the HTTP API, without `/v1.0`; made from its address and port when absent."),
  RINGDOWN_MEDIA_BIND: host.default("127.0.0.1").describe("Address where Asterisk fetches audio. Never public."),
  RINGDOWN_MEDIA_PORT: port.default(8081).describe("Port where Asterisk fetches audio."),
  RINGDOWN_MEDIA_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("How Asterisk reaches the media port; made from its address and port when absent."),
  RINGDOWN_ARI_URL: z
    .url({ protocol: /^https?$/ })
    .default("http://127.0.0.1:8088")
    .describe("Asterisk's HTTP server, without `/ari`."),
  RINGDOWN_ARI_USERNAME: z.string().min(1).default("ringdown").describe("ARI user."),
  RINGDOWN_ARI_PASSWORD: secret.describe("Password of the ARI user."),
  RINGDOWN_ARI_APP: z
    .string()
    .regex(/^[A-Za-z0-9_-]+$/)
    .default("ringdown")
    .describe("Name of our Stasis application."),
  RINGDOWN_ARI_SOCKET: z
    .enum(["listen", "dial"])
    .default("listen")
    .describe(
      "`listen`: Asterisk (22.5 or later) dials us, and keeps events while we are down. `dial`: we dial an older one.",
    ),
  RINGDOWN_ARI_LISTEN: listenAddress.prefault("127.0.0.1:8082").describe("Where Asterisk dials us."),
  RINGDOWN_ARI_LISTEN_USERNAME: z.string().min(1).default("ringdown").describe("User with which Asterisk dials us."),
  RINGDOWN_ARI_LISTEN_PASSWORD: secret
    .optional()
    .describe("Password with which Asterisk dials us; needed for `listen`."),
  RINGDOWN_SIP_BIND: host.default("127.0.0.1").describe("Address of Asterisk's SIP port."),
  RINGDOWN_SIP_PORT: port.default(5060).describe("Asterisk's SIP port."),
  RINGDOWN_RTP_START: port.default(20_000).describe("First RTP port of Asterisk."),
  RINGDOWN_RTP_END: port.default(20_999).describe("Last RTP port of Asterisk."),
  RINGDOWN_SIP_1001_PASSWORD: secret.optional().describe("Password of the softphone account 1001."),
  RINGDOWN_SIP_1002_PASSWORD: secret.optional().describe("Password of the softphone account 1002."),
  RINGDOWN_DATABASE_URL: z
    .string()
    .regex(/^(sqlite:|postgres(ql)?:\/\/)/, "sqlite:FILE or postgres://…")
    .default("sqlite:./data/ringdown.db")
    .describe("Where state is kept: `sqlite:FILE` or `postgres://…`."),
  RINGDOWN_DATA_DIR: z.string().min(1).default("./data").describe("Recordings, speech and fetched audio."),
  RINGDOWN_MEDIA_CACHE_MB: count
    .default(2_048)
    .describe(
      "How large speech and fetched audio may become on disk, MB; what was used longest ago goes first, but nothing of the last hour.",
    ),
  RINGDOWN_RECORDINGS_URL: z
    .url({ protocol: /^s3$/, hostname: /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/ })
    .optional()
    .describe("Where recordings are kept: `s3://BUCKET/PREFIX`; a folder of `RINGDOWN_DATA_DIR` when absent."),
  RINGDOWN_RECORDINGS_S3_ENDPOINT: webUrl
    .optional()
    .describe("Another S3 server than Amazon's. Credentials and region: the SDK's own variables."),
  RINGDOWN_RECORDINGS_S3_PATH_STYLE: yesOrNo
    .prefault("false")
    .describe("Whether the bucket stands in the path of a URL, not in its host, as many S3 servers want it."),
  RINGDOWN_RECORDING_RETENTION_DAYS: z.coerce
    .number()
    .int()
    .min(0)
    .default(0)
    .describe("How long recordings are kept, days; 0: for ever."),
  RINGDOWN_API_KEY: secret.describe("First key to the HTTP API."),
  RINGDOWN_DEMO: yesOrNo
    .prefault("false")
    .describe("Loads the demo: number 1000 and its flow, unless the number is taken."),
  RINGDOWN_LOG_LEVEL: z
    .enum(["fatal", "error", "warn", "info", "debug", "trace"])
    .default("info")
    .describe("What is logged."),
  RINGDOWN_TTS_PROVIDERS: list.prefault("gcp,aws,local").describe("Speech providers in order of preference."),
  RINGDOWN_TTS_DEADLINE_MS: count
    .default(10_000)
    .describe(
      "How long one speech provider may take before the next is asked, ms; for one that is heard while it speaks, between two pieces.",
    ),
  RINGDOWN_TTS_SILENCE_MS: count
    .default(15_000)
    .describe(
      "How long a caller may hear nothing while speech is made, by all providers together, ms; a part is kept for `local`.",
    ),
  RINGDOWN_STT_PROVIDERS: list.prefault("gcp,aws,local").describe("Transcription providers in order of preference."),
  RINGDOWN_CHATBOT_WAIT_MS: count
    .default(4_000)
    .describe("How long a caller may wait for a chatbot in silence before being told to wait, ms."),
  RINGDOWN_CHATBOT_IDLE_MS: count
    .default(15_000)
    .describe("How long a caller may say nothing to a chatbot before being asked whether anybody is there, ms."),
  RINGDOWN_CHATBOT_DEADLINE_MS: count
    .default(20_000)
    .describe("How long a chatbot may be silent before it is asked again, ms; then the flow goes on."),
  RINGDOWN_CHATBOT_THINKS_AHEAD: yesOrNo
    .prefault("true")
    .describe(
      "Whether a chatbot is asked as soon as the caller pauses: it answers sooner, and what it was asked too early is thrown away.",
    ),
  RINGDOWN_GCP_TTS_ENDPOINT: webUrl
    .optional()
    .describe("Another server for Google's text-to-speech; an `http:` one is asked without credentials."),
  RINGDOWN_STT_LOCAL_MODEL_DIR: z
    .string()
    .min(1)
    .optional()
    .describe("What the transcription provider `local` is: a model for sherpa-onnx in this directory."),
  RINGDOWN_STT_LOCAL_LANGUAGES: list
    .prefault("")
    .describe("Languages that this model understands, such as `en`; calls in others are refused. Empty: any."),
  RINGDOWN_STT_LOCAL_URL: webUrl
    .optional()
    .describe(
      "What it is when there is no such model: an endpoint like OpenAI's, such as `http://127.0.0.1:8000/v1`; pocketsphinx when this is absent too.",
    ),
  RINGDOWN_STT_LOCAL_MODEL: z
    .string()
    .min(1)
    .default("whisper-1")
    .describe("The model that this endpoint is asked for."),
  RINGDOWN_STT_LOCAL_KEY: z.string().min(1).optional().meta({ secret: true }).describe("Key to this endpoint."),
  RINGDOWN_STT_LOCAL_DEADLINE_MS: count
    .default(20_000)
    .describe("How long this endpoint may take over one sentence before the next provider is asked, ms."),
  RINGDOWN_STT_LOCAL_PAUSE_MS: z.coerce
    .number()
    .int()
    .min(200)
    .max(2_000)
    .default(500)
    .describe(
      "How long a silence ends a sentence for `local`, ms: a chatbot answers sooner with less, and interrupts slow speakers.",
    ),
  RINGDOWN_GCP_STT_ENDPOINT: webUrl
    .optional()
    .describe("Another server for Google's speech-to-text; an `http:` one is asked without credentials."),
  RINGDOWN_AWS_ENDPOINT: webUrl.optional().describe("Another server for Amazon's speech services."),
  RINGDOWN_ALLOW_PRIVATE_URLS: z
    .string()
    .default("false")
    .describe("Whether URLs of users may lead to private or loopback addresses: `true`, `false`, or a list of CIDRs."),
  RINGDOWN_URL_DEADLINE_MS: count
    .default(10_000)
    .describe(
      "How long a caller may wait for a server of the flow's owner, ms: for the answer to `fetch` and to `webhook_send`, all tries together, and for a host of `external_media_start` to take the connection (5 s at most).",
    ),
  RINGDOWN_PLAY_DEADLINE_MS: count
    .default(30_000)
    .describe(
      "How long a caller may wait for the audio of a URL, or for a recording to be finished and read, ms; a URL that sends nothing for 10 s is given up.",
    ),
  RINGDOWN_OUTBOUND_ALLOW: list
    .pipe(z.array(telephonePrefixSchema))
    .prefault("")
    .describe(
      "Prefixes of telephone numbers that may be dialled and written to, such as `+49,+43`; `+`: every number; empty: none.",
    ),
  ...smsSettings,
  RINGDOWN_AMD_INITIAL_SILENCE_MS: count.default(2_500).describe("Silence after the answer that only a machine keeps."),
  RINGDOWN_AMD_GREETING_MS: count.default(1_500).describe("A greeting that is longer is a machine's."),
  RINGDOWN_AMD_AFTER_GREETING_SILENCE_MS: count
    .default(800)
    .describe("Silence after a short greeting by which a person is known, who waits for an answer."),
  RINGDOWN_AMD_TOTAL_MS: count.default(5_000).describe("After that nobody knows who answered (NOTSURE)."),
  RINGDOWN_AMD_MINIMUM_WORD_MS: count.default(100).describe("Sound that is shorter is no word."),
  RINGDOWN_AMD_BETWEEN_WORDS_MS: count.default(50).describe("Silence that parts two words."),
  RINGDOWN_AMD_MAXIMUM_WORDS: count.default(2).describe("More words in a greeting are a machine's."),
  RINGDOWN_AMD_SILENCE_THRESHOLD: count.default(256).describe("Loudness, of 32767, below which it is silence."),
  RINGDOWN_AMD_MAXIMUM_WORD_MS: count.default(5_000).describe("One word that is longer is a machine's."),
  RINGDOWN_MAX_STEPS: count.default(100_000).describe("Steps of one activeflow."),
  RINGDOWN_MAX_JUMPS: count.default(10_000).describe("Jumps of one activeflow."),
  RINGDOWN_MAX_FRAMES: count.default(100).describe("Nested lists of one activeflow."),
  RINGDOWN_MAX_CALL_SECONDS: count.default(14_400).describe("Length of a call."),
  RINGDOWN_MAX_VARIABLE_BYTES: count.default(32_768).describe("Size of one variable's value."),
  RINGDOWN_MAX_VARIABLES_BYTES: count.default(262_144).describe("Size of all variables of one activeflow."),
});

export type Config = Readonly<z.infer<typeof configSchema>>;

/** Names that belong to the containers and scripts around us, not to this process. */
const NAMES_OF_OTHERS: ReadonlySet<string> = new Set(["RINGDOWN_ENV_FILE", "RINGDOWN_ASTERISK_DIR"]);

/** Settings that can't be used: each with its name and what it should be; never with a secret's value. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`${faults.length === 1 ? "a setting is" : `${faults.length} settings are`} wrong:\n  ${faults.join("\n  ")}`);
    this.faults = faults;
  }
}

/** Settings from `.env`, if there is one, and from the environment, which wins. @throws ConfigError with every fault. */
export function readConfig(environment: NodeJS.ProcessEnv = process.env, envFile = ".env"): Config {
  const given = givenSettings(environment, envFile);
  const unknown = given.flatMap(([name]) => (isKnown(name) ? [] : [unknownName(name)]));
  const values = Object.fromEntries(given);
  const parsed = configSchema.safeParse(values);
  const faults = [...unknown, ...(parsed.error?.issues ?? []).map(describeIn(values))];
  if (!parsed.success || faults.length > 0) throw new ConfigError(faults);
  if (parsed.data.RINGDOWN_ARI_SOCKET === "listen" && !parsed.data.RINGDOWN_ARI_LISTEN_PASSWORD) {
    throw new ConfigError(["RINGDOWN_ARI_LISTEN_PASSWORD is missing: Asterisk dials us with it"]);
  }
  const incomplete = smsFaults(parsed.data);
  if (incomplete.length > 0) throw new ConfigError(incomplete);
  return Object.freeze(parsed.data);
}

const accessSchema = configSchema
  .pick({ RINGDOWN_HTTP_BIND: true, RINGDOWN_HTTP_PORT: true, RINGDOWN_API_KEY: true })
  .partial({ RINGDOWN_API_KEY: true });

/** How to ask a Ringdown of these settings over HTTP; the others need not be there. @throws ConfigError */
export function readApiAccess(environment: NodeJS.ProcessEnv, envFile: string) {
  const values = Object.fromEntries(givenSettings(environment, envFile));
  const parsed = accessSchema.safeParse(values);
  if (!parsed.success) throw new ConfigError(parsed.error.issues.map(describeIn(values)));
  const { RINGDOWN_HTTP_BIND: bind, RINGDOWN_HTTP_PORT: port, RINGDOWN_API_KEY: key } = parsed.data;
  return { url: `http://${reachable(bind)}:${port}`, key };
}

/** Where something answers that is bound to this address, which may be all of them. */
function reachable(bind: string): string {
  if (bind === "0.0.0.0") return "127.0.0.1";
  if (bind === "::") return "[::1]";
  return bind.includes(":") ? `[${bind}]` : bind;
}

function givenSettings(environment: NodeJS.ProcessEnv, envFile: string): readonly (readonly [string, string])[] {
  const written = existsSync(envFile) ? parseEnv(readFileSync(envFile, "utf8")) : {};
  // An empty value means "not set": that is how compose files and shells leave things out.
  return Object.entries({ ...written, ...environment }).flatMap(([name, value]) =>
    name.startsWith("RINGDOWN_") && value ? [[name, value] as const] : [],
  );
}

const names = Object.keys(configSchema.shape);
const isKnown = (name: string): boolean => names.includes(name) || NAMES_OF_OTHERS.has(name);

function unknownName(name: string): string {
  const nearest = closest(name, names);
  const hint = distance(name, nearest) <= 6 ? `; did you mean ${nearest}?` : "";
  return `${name} is not a setting of Ringdown${hint}`;
}

const describeIn =
  (values: Readonly<Record<string, string>>) =>
  ({ path, message }: z.core.$ZodIssue): string => {
    const name = String(path[0]);
    return name in values ? `${name}: ${message}` : `${name} is missing`;
  };
