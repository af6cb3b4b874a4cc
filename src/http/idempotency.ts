/**
 * Creates that are done once, however often they are sent with the same `Idempotency-Key`.
 *
 * 1. That a request begins is stored before it does, and its answer before that is sent.
 * 2. Only success is kept: what was refused has done nothing, and may be sent again under the same key.
 * 3. While the first request runs, others of its key wait for it. One that a crash cut short is not done again.
 */
import { createHash } from "node:crypto";
import type { FastifyReply, FastifyRequest, RouteOptions } from "fastify";
import { z } from "zod";
import { Problem } from "./problem.ts";
import { seal, unseal } from "./sealed.ts";
import type { Api, HttpServices } from "./services.ts";

/** How long an answer is kept. */
const KEPT_MS = 24 * 60 * 60 * 1_000;
const HEADER = "idempotency-key";

/** What every create may carry. */
const headersSchema = z.looseObject({
  [HEADER]: z
    .string()
    .regex(/^[\x20-\x7e]{1,255}$/, "1 to 255 visible ASCII characters")
    .optional()
    .describe(
      "Any random text. The same create sent again with it within 24 hours is answered as the first time and not done again; another one is refused.",
    ),
});

type Known = { readonly id: string; readonly key: string; readonly fingerprint: string };
type Running = Known & { readonly ended: PromiseWithResolvers<void> };

/** Makes every route idempotent that is added from now on and answers 201. */
export function acceptIdempotencyKeys(api: Api, { storage, clock }: Pick<HttpServices, "storage" | "clock">): void {
  const { idempotency } = storage;
  /** By id; and by request, for when its answer goes out. */
  const running = new Map<string, Running>();
  const runningOf = new WeakMap<FastifyRequest, Running>();

  api.addHook("onRoute", (route) => {
    if (!creates(route)) return;
    route.schema = { ...route.schema, headers: headersSchema };
    route.preValidation = [route.preValidation ?? []].flat().concat(beginOrRepeat);
    route.onSend = [route.onSend ?? []].flat().concat(remember);
  });

  async function beginOrRepeat(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const known = knownBy(request);
    if (!known) return;
    const answer = await begin(request, known);
    if (answer === undefined) return;
    reply.header("idempotent-replayed", "true").code(201).send(answer);
  }

  /** The answer that the same request had before; undefined when this one is the first, and has begun. */
  async function begin(request: FastifyRequest, known: Known): Promise<unknown> {
    const first = running.get(known.id);
    if (first) {
      refuseAnother(first, known);
      await first.ended.promise;
      return begin(request, known);
    }
    const run = { ...known, ended: Promise.withResolvers<void>() };
    running.set(known.id, run);
    const stored = await store(request.customerId, known).catch((error) => {
      end(run);
      throw error;
    });
    if (!stored) {
      runningOf.set(request, run);
      return undefined;
    }
    end(run);
    refuseAnother(stored, known);
    if (stored.answer !== null) return JSON.parse(unseal(stored.answer, known.key));
    throw new Problem("IDEMPOTENCY_INTERRUPTED", "the first request with this key was cut short: see what it has done");
  }

  function store(customer_id: string, { id, fingerprint }: Known) {
    const nowMs = clock.now();
    const now = new Date(nowMs).toISOString();
    const request = { id, customer_id, fingerprint, answer: null, tm_create: now, tm_update: now };
    return idempotency.begin(request, new Date(nowMs - KEPT_MS).toISOString());
  }

  async function remember(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<void> {
    const run = runningOf.get(request);
    if (!run) return;
    try {
      if (reply.statusCode === 201) await idempotency.answer(run.id, seal(String(payload), run.key));
      else await idempotency.forget(run.id);
    } catch (error) {
      // It has been done: an error would make its sender believe that it has not.
      request.log.error({ err: error }, "the answer to an idempotent request could not be kept");
    } finally {
      end(run);
    }
  }

  function end(run: Running): void {
    running.delete(run.id);
    run.ended.resolve();
  }
}

const creates = ({ method, schema }: RouteOptions): boolean =>
  method === "POST" && Object.hasOwn(Object(schema?.response), 201);

/** Undefined for a request without a key. */
function knownBy(request: FastifyRequest): Known | undefined {
  const key = request.headers[HEADER];
  if (typeof key !== "string" || key === "") return undefined;
  const { customerId, method, body, routeOptions } = request;
  const id = hashOf(JSON.stringify([customerId, key]));
  return { id, key, fingerprint: hashOf(`${method} ${routeOptions.url} ${JSON.stringify(body, inOrder)}`) };
}

function refuseAnother(first: Pick<Known, "fingerprint">, { fingerprint }: Known): void {
  if (first.fingerprint === fingerprint) return;
  throw new Problem("IDEMPOTENCY_KEY_REUSED", "this key came with another request before: use a new one");
}

/** The order in which an object's fields are written means nothing. */
const inOrder = (_name: string, value: unknown): unknown =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)))
    : value;

const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex");
