/**
 * Why a request has no result: `refused` by Asterisk with a status, no answer within its deadline (`timeout`), or no
 * way to Asterisk (`disconnected`).
 */
export type AriErrorKind = "refused" | "timeout" | "disconnected";

type Facts = {
  readonly kind: AriErrorKind;
  readonly status?: number;
  /** It was sent, so Asterisk may have carried it out; a refusal is certain. */
  readonly isUncertain?: boolean;
  readonly cause?: unknown;
};

/** Statuses that may go away by themselves: asked too early, too much at once, or an inner failure of Asterisk. */
const RETRYABLE_STATUSES: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

/** A request to Asterisk that failed, with what a caller needs to decide; nobody matches its text. */
export class AriError extends Error {
  override readonly name = "AriError";
  readonly operation: string;
  readonly kind: AriErrorKind;
  /** The HTTP status of a refusal, over the socket as well. */
  readonly status: number | undefined;
  /** True when Asterisk may have carried the request out although no answer came. */
  readonly isUncertain: boolean;

  constructor(operation: string, message: string, { kind, status, isUncertain = false, cause }: Facts) {
    super(`${operation}: ${message}`, { cause });
    this.operation = operation;
    this.kind = kind;
    this.status = status;
    this.isUncertain = isUncertain;
  }

  /** The channel, bridge, playback or recording does not exist, or no longer. */
  get isGone(): boolean {
    return this.status === 404;
  }

  /** It exists already, or is in a state that forbids the operation. */
  get isConflict(): boolean {
    return this.status === 409;
  }

  /** The same request may succeed later. */
  get isRetryable(): boolean {
    return this.status === undefined || RETRYABLE_STATUSES.has(this.status);
  }
}

/** The error of an answer with a status that is not 2xx. */
export const refusal = (operation: string, { status, reason, body }: AriRefusal): AriError =>
  new AriError(operation, `${status} ${messageIn(body) ?? reason}`, { kind: "refused", status });

type AriRefusal = { readonly status: number; readonly reason: string; readonly body: string };

/** Asterisk explains in JSON, its HTTP server in HTML. */
const messageIn = (body: string): string | undefined => {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed !== "object" || parsed === null) return undefined;
    if ("message" in parsed && typeof parsed.message === "string") return parsed.message;
    return undefined;
  } catch {
    return undefined;
  }
};
