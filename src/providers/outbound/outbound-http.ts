import { Agent, type Dispatcher } from "undici";
import {
  OutboundError,
  type OutboundHttp,
  type OutboundRequest,
  type OutboundResponse,
} from "../../ports/outbound-http.ts";
import type { AddressPolicy } from "./address-policy.ts";
import { boundedBody } from "./bounded-body.ts";
import type { Resolve } from "./checked-lookup.ts";
import { guardedConnector } from "./guarded-connector.ts";
import { type Ending, explain } from "./outbound-fault.ts";
import { type Target, targetOf } from "./target.ts";

const MAX_REDIRECTS = 3;
/** Longer than any healthy handshake; a caller is waiting. */
const CONNECT_TIMEOUT_MS = 5_000;
/** Nothing at all for so long: nothing will come. */
const SILENCE_TIMEOUT_MS = 10_000;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** The guarded client, with its own connections; close it at the end. */
export function outboundHttp(isAllowed: AddressPolicy, resolve?: Resolve): OutboundHttp & { close(): Promise<void> } {
  const agent = new Agent({
    connect: guardedConnector(isAllowed, CONNECT_TIMEOUT_MS, resolve),
  });
  return {
    async send(request, read, signal) {
      signal.throwIfAborted();
      const ending: Ending = { signal, deadline: AbortSignal.timeout(request.deadlineMs) };
      const { response, host } = await follow(agent, request, ending);
      try {
        return await read(readable(response, request.maxBytes, host, ending));
      } finally {
        // An unread body would hold its connection; the error that this may raise has nobody to hear it.
        response.body.on("error", () => {}).destroy();
      }
    },
    close: () => agent.destroy(),
  };
}

type Answer = { readonly response: Dispatcher.ResponseData; readonly host: string };

/** Asks, and asks again where redirects lead; every hop is checked like the first. */
async function follow(agent: Agent, request: OutboundRequest, ending: Ending): Promise<Answer> {
  const first = targetOf(request.url);
  const signal = AbortSignal.any([ending.signal, ending.deadline]);
  let target = first;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const response = await ask(agent, request, target, target.origin === first.origin, signal).catch((error) => {
      throw explain(error, target.host, ending);
    });
    const next = redirectOf(response, request);
    if (next === undefined) return { response, host: target.host };
    response.body.on("error", () => {}).destroy();
    target = targetOf(next, target);
  }
  throw new OutboundError(first.host, "too_many_redirects", `${first.host} redirects more than ${MAX_REDIRECTS} times`);
}

function ask(agent: Agent, request: OutboundRequest, target: Target, atHome: boolean, signal: AbortSignal) {
  const { method = "GET", body = null, headers = {}, silenceMs = SILENCE_TIMEOUT_MS } = request;
  return agent.request({
    origin: target.origin,
    path: target.path,
    method,
    headers: {
      "user-agent": "ringdown",
      "accept-encoding": "identity",
      ...(atHome ? headers : {}),
      ...target.authorization,
    },
    body,
    headersTimeout: silenceMs,
    bodyTimeout: silenceMs,
    signal,
  });
}

function redirectOf({ statusCode, headers }: Dispatcher.ResponseData, request: OutboundRequest): string | undefined {
  const repeatable = request.method === undefined || request.method === "GET" || request.method === "HEAD";
  return repeatable && REDIRECTS.has(statusCode) ? textOf(headers.location) : undefined;
}

function readable(response: Dispatcher.ResponseData, maxBytes: number, host: string, ending: Ending): OutboundResponse {
  const entries = Object.entries(response.headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, textOf(value) ?? ""]],
  );
  const headers = Object.fromEntries(entries);
  const announced = Number(headers["content-length"] ?? 0);
  return {
    status: response.statusCode,
    headers,
    body: boundedBody(response.body, { maxBytes, announced, host }, ending),
  };
}

const textOf = (value: string | string[] | undefined): string | undefined =>
  [value ?? []].flat().join(", ") || undefined;
