import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { request } from "undici";
import { TelephonyError } from "../../ports/telephony.ts";
import { basicAuthorization } from "./basic-auth.ts";
import type { HttpAccess } from "./rest-over-http.ts";

/** Writes what Asterisk serves below `/ari/` into a file, never holding it in memory; false when there is no such thing. */
export type Download = (uri: string, path: string, signal: AbortSignal) => Promise<boolean>;

/** Apart from other requests: one of a long recording would keep a connection for a while. */
export const downloadFrom =
  ({ url, username, password }: HttpAccess): Download =>
  async (uri, path, signal) => {
    const headers = { authorization: basicAuthorization(username, password) };
    const { statusCode, body } = await request(`${new URL(url).origin}/ari/${uri}`, { headers, signal }).catch(
      (cause: unknown) => {
        throw signal.aborted ? signal.reason : unavailable("no answer from Asterisk over HTTP", cause);
      },
    );
    if (statusCode === 200) await pipeline(body, createWriteStream(path), { signal });
    else await body.dump();
    if (statusCode !== 200 && statusCode !== 404) throw unavailable(`Asterisk answered ${statusCode}`);
    return statusCode === 200;
  };

const unavailable = (message: string, cause?: unknown) =>
  new TelephonyError("unavailable", "download", message, { cause });
