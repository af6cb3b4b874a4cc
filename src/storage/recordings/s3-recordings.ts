/** Recordings in a bucket of Amazon S3, or of whatever else speaks its protocol, by Amazon's SDK. */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { PassThrough, Readable } from "node:stream";
import type { S3Client } from "@aws-sdk/client-s3";
import {
  type RecordingStorage,
  RecordingStorageError,
  type RecordingStorageFault,
} from "../../ports/recording-storage.ts";

export type S3Settings = {
  readonly bucket: string;
  /** What the keys begin with; empty, or with an ending slash. */
  readonly prefix: string;
  /** Another server than Amazon's. */
  readonly endpoint?: string | undefined;
  /** The bucket stands in the path of a URL, not in its host. */
  readonly pathStyle: boolean;
  readonly patience?: S3Patience | undefined;
};

/** How long the server is waited for. */
export type S3Patience = {
  /** Without a byte in either direction. */
  readonly idleMs: number;
  /** For a whole answer, not counting the time that bytes of ours take. */
  readonly answerMs: number;
};

const PATIENCE: S3Patience = { idleMs: 20_000, answerMs: 60_000 };
/** Slower than any line that could keep up with the recording of one call. */
const SLOWEST_BYTES_PER_MS = 16;

type Sdk = typeof import("@aws-sdk/client-s3");
type Connected = { readonly sdk: Sdk; readonly client: S3Client };

/** Servers other than Amazon's want a region in the signature, and do not mind which. */
const DEFAULT_REGION = "us-east-1";

const QUIET = { trace: () => {}, debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** Credentials are those that the SDK finds. Nothing is loaded or asked before the first recording. */
export function s3Recordings(settings: S3Settings): RecordingStorage {
  const { bucket: Bucket, prefix, patience = PATIENCE } = settings;
  let connected: Promise<Connected> | undefined;
  const ask = async <T>(
    { size = 0, signal }: { readonly size?: number; readonly signal?: AbortSignal },
    request: (on: Connected, abortSignal: AbortSignal) => Promise<T>,
  ): Promise<T> => {
    const limitMs = patience.answerMs + size / SLOWEST_BYTES_PER_MS;
    const late = new AbortController();
    // Not AbortSignal.timeout: what has begun to be read must not be cut off later.
    const timer = setTimeout(() => late.abort(), limitMs);
    try {
      connected ??= connect(settings, patience);
      return await request(await connected, signal ? AbortSignal.any([signal, late.signal]) : late.signal);
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      if (late.signal.aborted) throw tooLate(error);
      throw error instanceof RecordingStorageError ? error : explained(error);
    } finally {
      clearTimeout(timer);
    }
  };
  return {
    async put(key, path, signal) {
      const { size } = await stat(path);
      await ask({ size, signal }, async ({ sdk, client }, abortSignal) => {
        const Body = createReadStream(path);
        const object = { Bucket, Key: prefix + key, Body, ContentLength: size };
        try {
          await client.send(new sdk.PutObjectCommand(object), { abortSignal });
        } finally {
          Body.destroy();
        }
      });
    },
    open: (key, { range, signal } = {}) =>
      ask(signal ? { signal } : {}, async ({ sdk, client }, abortSignal) => {
        const part = range ? { Range: `bytes=${range.first}-${range.last}` } : {};
        const command = new sdk.GetObjectCommand({ Bucket, Key: prefix + key, ...part });
        const { Body } = await client.send(command, { abortSignal });
        if (Body instanceof Readable) return withExplainedErrors(Body);
        throw new RecordingStorageError("unavailable", "the S3 server answered without a body");
      }),
    remove: (key) =>
      ask({}, async ({ sdk, client }, abortSignal) => {
        await client.send(new sdk.DeleteObjectCommand({ Bucket, Key: prefix + key }), { abortSignal });
      }),
  };
}

async function connect({ endpoint, pathStyle }: S3Settings, { idleMs }: S3Patience): Promise<Connected> {
  const sdk = await import("@aws-sdk/client-s3");
  const client = new sdk.S3Client({
    requestHandler: { connectionTimeout: idleMs, socketTimeout: idleMs },
    forcePathStyle: pathStyle,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(process.env.AWS_REGION || endpoint === undefined ? {} : { region: DEFAULT_REGION }),
    // Checksums in a trailer are Amazon's alone; the length, and TLS where it is used, keep a file whole.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    // Whoever asked is told by an error; without this the SDK writes to the console.
    logger: QUIET,
  });
  return { sdk, client };
}

/** What breaks off tells so in our words. */
function withExplainedErrors(body: Readable): Readable {
  const told = new PassThrough();
  body.once("error", (error) => told.destroy(explained(error)));
  told.once("close", () => body.destroy());
  return body.pipe(told);
}

const tooLate = (cause: unknown): RecordingStorageError =>
  new RecordingStorageError("unavailable", "recordings in S3: no answer in time", { cause });

function explained(error: unknown): RecordingStorageError {
  const name = error instanceof Error ? error.name : String(error);
  if (name === "TimeoutError") return tooLate(error);
  return new RecordingStorageError(faultOf(error, name), `recordings in S3: ${name}`, { cause: error });
}

function faultOf(error: unknown, name: string): RecordingStorageFault {
  if (name === "NoSuchKey" || name === "NotFound") return "missing";
  if (REFUSALS.includes(name)) return "refused";
  const status = httpStatusOf(error);
  if (status === 507) return "full";
  return status === 401 || status === 403 ? "refused" : "unavailable";
}

/** Those that do not say so by their status. */
const REFUSALS: readonly string[] = ["CredentialsProviderError", "NoSuchBucket", "ExpiredToken", "InvalidToken"];

function httpStatusOf(error: unknown): number | undefined {
  if (typeof error !== "object" || error === null || !("$metadata" in error)) return undefined;
  const { $metadata: answer } = error;
  if (typeof answer !== "object" || answer === null || !("httpStatusCode" in answer)) return undefined;
  return typeof answer.httpStatusCode === "number" ? answer.httpStatusCode : undefined;
}
