/** Recordings in a bucket of Amazon S3, or of whatever else speaks its protocol, by Amazon's SDK. */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { Readable } from "node:stream";
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
};

type Sdk = typeof import("@aws-sdk/client-s3");
type Connected = { readonly sdk: Sdk; readonly client: S3Client };

/** Servers other than Amazon's want a region in the signature, and do not mind which. */
const DEFAULT_REGION = "us-east-1";

const QUIET = { trace: () => {}, debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** Credentials are those that the SDK finds. Nothing is loaded or asked before the first recording. */
export function s3Recordings(settings: S3Settings): RecordingStorage {
  const { bucket: Bucket, prefix } = settings;
  let connected: Promise<Connected> | undefined;
  const ask = async <T>(signal: AbortSignal | undefined, request: (on: Connected) => Promise<T>): Promise<T> => {
    try {
      connected ??= connect(settings);
      return await request(await connected);
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      throw error instanceof RecordingStorageError ? error : explained(error);
    }
  };
  return {
    put: (key, path, signal) =>
      ask(signal, async ({ sdk, client }) => {
        const { size } = await stat(path);
        const Body = createReadStream(path);
        const object = { Bucket, Key: prefix + key, Body, ContentLength: size };
        try {
          await client.send(new sdk.PutObjectCommand(object), { abortSignal: signal });
        } finally {
          Body.destroy();
        }
      }),
    open: (key, range) =>
      ask(undefined, async ({ sdk, client }) => {
        const part = range ? { Range: `bytes=${range.first}-${range.last}` } : {};
        const { Body } = await client.send(new sdk.GetObjectCommand({ Bucket, Key: prefix + key, ...part }));
        if (Body instanceof Readable) return Body;
        throw new RecordingStorageError("unavailable", "the S3 server answered without a body");
      }),
    remove: (key) =>
      ask(undefined, async ({ sdk, client }) => {
        await client.send(new sdk.DeleteObjectCommand({ Bucket, Key: prefix + key }));
      }),
  };
}

async function connect({ endpoint, pathStyle }: S3Settings): Promise<Connected> {
  const sdk = await import("@aws-sdk/client-s3");
  const client = new sdk.S3Client({
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

function explained(error: unknown): RecordingStorageError {
  const name = error instanceof Error ? error.name : String(error);
  return new RecordingStorageError(faultOf(error, name), `recordings in S3: ${name}`, { cause: error });
}

function faultOf(error: unknown, name: string): RecordingStorageFault {
  if (name === "NoSuchKey" || name === "NotFound") return "missing";
  if (name === "CredentialsProviderError" || name === "NoSuchBucket") return "refused";
  const status = httpStatusOf(error);
  if (status === 507) return "full";
  return status === 401 || status === 403 ? "refused" : "unavailable";
}

function httpStatusOf(error: unknown): number | undefined {
  if (typeof error !== "object" || error === null || !("$metadata" in error)) return undefined;
  const { $metadata: answer } = error;
  if (typeof answer !== "object" || answer === null || !("httpStatusCode" in answer)) return undefined;
  return typeof answer.httpStatusCode === "number" ? answer.httpStatusCode : undefined;
}
