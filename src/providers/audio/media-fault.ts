import { MediaError, type MediaFault } from "../../ports/media.ts";
import { OutboundError, type OutboundFault } from "../../ports/outbound-http.ts";
import { ToolError } from "../run-tool.ts";
import { NotAudioError } from "./audio-store.ts";

/** A URL without its user, password, query and fragment. */
export function redacted(url: string): string {
  const parsed = URL.parse(url);
  return parsed ? `${parsed.protocol}//${parsed.host}${parsed.pathname}` : "(not a URL)";
}

/** The fault of a URL that a failure means; a failure of our own machine stays what it is. */
export function asMediaError(error: unknown, url: string): unknown {
  if (error instanceof OutboundError) return new MediaError(redacted(url), outbound[error.fault], error.message);
  if (error instanceof NotAudioError) return new MediaError(redacted(url), "not_audio", error.message);
  if (error instanceof ToolError && error.fault !== "missing") {
    const reason = error.fault === "timeout" ? "too_large" : "not_audio";
    return new MediaError(redacted(url), reason, error.message, { cause: error });
  }
  return error;
}

/** What an HTTP status other than success means. */
export function statusFault(status: number): MediaFault {
  if (status === 404 || status === 410) return "not_found";
  return status >= 500 || status === 429 || status === 408 ? "unreachable" : "refused";
}

/** Whether the server may well be back soon. */
export const isPassing = (error: unknown): boolean =>
  error instanceof MediaError && (error.reason === "unreachable" || error.reason === "timeout");

const outbound: Readonly<Record<OutboundFault, MediaFault>> = {
  refused: "refused",
  unreachable: "unreachable",
  timeout: "timeout",
  too_large: "too_large",
  too_many_redirects: "unreachable",
};
