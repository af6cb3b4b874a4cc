import type { RecordingStorage } from "../../ports/recording-storage.ts";
import { localRecordings } from "./local-recordings.ts";
import { s3Recordings } from "./s3-recordings.ts";

export type RecordingStorageSettings = {
  /** `s3://BUCKET/PREFIX`; the folder when absent. */
  readonly url?: string | undefined;
  readonly folder: string;
  readonly s3Endpoint?: string | undefined;
  readonly s3PathStyle: boolean;
};

/** The place where these settings want recordings to be kept. */
export function openRecordings({ url, folder, s3Endpoint, s3PathStyle }: RecordingStorageSettings): RecordingStorage {
  if (url === undefined) return localRecordings(folder);
  const { host: bucket, pathname } = new URL(url);
  const prefix = pathname.replace(/^\/|\/$/g, "");
  return s3Recordings({
    bucket,
    prefix: prefix && `${prefix}/`,
    endpoint: s3Endpoint,
    pathStyle: s3PathStyle,
  });
}
