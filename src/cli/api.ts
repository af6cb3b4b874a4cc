import { z } from "zod";
import { readApiAccess } from "../config.ts";
import type { AccessOptions } from "./options.ts";
import { Refusal } from "./refusal.ts";
import type { Terminal } from "./terminal.ts";

/** A running Ringdown, asked over HTTP as any program would. */
export type Api = {
  /** What it answered. @throws Refusal */
  request(method: "GET" | "POST" | "DELETE", path: string, body?: unknown): Promise<unknown>;
};

/** Longer than anything takes that is not stuck. */
const DEADLINE_MS = 30_000;

const problemSchema = z.object({
  error: z.object({
    reason: z.string(),
    message: z.string(),
    details: z.array(z.object({ path: z.string(), message: z.string(), expected: z.string().default("") })).default([]),
  }),
});

/** The Ringdown that the options name, else the one of the settings. @throws Refusal without a key */
export function apiOf({ environment, envFile }: Terminal, { url, key }: AccessOptions): Api {
  const access = readApiAccess(environment, envFile);
  const base = (url ?? access.url).replace(/\/+$/, "");
  const token = key ?? access.key;
  if (!token) {
    throw new Refusal("no key to the API", {
      remedy: "set RINGDOWN_API_KEY (start in the folder of Ringdown's .env), or give --key",
    });
  }
  return {
    async request(method, path, body) {
      const answer = await fetch(`${base}/v1.0${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        signal: AbortSignal.timeout(DEADLINE_MS),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }).catch((cause: unknown) => {
        throw unreachable(base, cause);
      });
      return readAnswer(answer, base);
    },
  };
}

async function readAnswer(answer: Response, base: string): Promise<unknown> {
  const content = parse(await answer.text());
  if (answer.ok) return content;
  const problem = problemSchema.safeParse(content);
  if (!problem.success) {
    throw new Refusal(`${base} answered with status ${answer.status}`, { remedy: "is this Ringdown? see --url" });
  }
  const { reason, message, details } = problem.data.error;
  const remedy = answer.status === 401 ? "give the key of this Ringdown: RINGDOWN_API_KEY, or --key" : undefined;
  throw new Refusal(`${reason}: ${message}`, { details, ...(remedy === undefined ? {} : { remedy }) });
}

function unreachable(base: string, cause: unknown): Refusal {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  const why = inner instanceof Error ? inner.message : String(inner);
  return new Refusal(`no Ringdown answers at ${base}${why === "" ? "" : ` (${why})`}`, {
    remedy: "start it with `ringdown serve` or `npm start`, or name another with --url",
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
