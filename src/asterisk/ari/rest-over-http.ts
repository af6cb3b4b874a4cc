import { STATUS_CODES } from "node:http";
import { Pool } from "undici";
import { AriError } from "./ari-error.ts";
import { basicAuthorization } from "./basic-auth.ts";
import type { Operation } from "./operation.ts";
import { type RestAnswer, resultOf } from "./rest-answer.ts";
import type { WireRequest } from "./wire-request.ts";

/** Asterisk's HTTP server and who we are there. */
export type HttpAccess = { readonly url: string; readonly username: string; readonly password: string };

/** Far below Asterisk's `sessionlimit` (100 by default), beyond which requests hang unanswered. */
const CONNECTIONS = 16;

/** Shorter than Asterisk's own 15 s, so that it never closes a connection that we are just using. */
const KEEP_ALIVE_MS = 10_000;

/** Errors that come before a request is sent: it was certainly not carried out. */
const UNSENT_CODES: ReadonlySet<unknown> = new Set(["ECONNREFUSED", "ENOTFOUND", "EHOSTUNREACH", "ENETUNREACH"]);

/** Requests over a pool of keep-alive connections: several at once, of any size that Asterisk takes. */
export const restOverHttp = ({ url, username, password }: HttpAccess) => {
  const pool = new Pool(new URL(url).origin, {
    connections: CONNECTIONS,
    pipelining: 1,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
    // Deadlines are the caller's.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  const authorization = basicAuthorization(username, password);

  const send = async ({ method, uri, body }: WireRequest, signal: AbortSignal): Promise<RestAnswer> => {
    const headers = body === undefined ? { authorization } : { authorization, "content-type": "application/json" };
    const answer = await pool.request({ path: `/ari/${uri}`, method, headers, signal, body: body ?? null });
    const status = answer.statusCode;
    return { status, reason: STATUS_CODES[status] ?? "", body: await answer.body.bytes() };
  };

  return {
    async request(operation: Operation, wire: WireRequest, signal: AbortSignal): Promise<unknown> {
      const answer = await send(wire, signal).catch((cause: unknown) => {
        throw signal.aborted ? signal.reason : disconnected(operation, cause);
      });
      return resultOf(operation, answer);
    },
    /** Ends all requests at once. */
    close: (): Promise<void> => pool.destroy(),
  };
};

const disconnected = ({ name }: Operation, cause: unknown): AriError => {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  const isUncertain = !UNSENT_CODES.has(code);
  return new AriError(name, "no answer from Asterisk over HTTP", { kind: "disconnected", isUncertain, cause });
};
