import type { Call } from "../../model/call.ts";
import type { ExternalMedia } from "../../model/external-media.ts";
import { ExternalMediaError, type ExternalMediaFault } from "../../ports/external-media.ts";
import { OutboundError } from "../../ports/outbound-http.ts";

export type CarriedMedia = {
  readonly call: Call;
  readonly media: ExternalMedia;
  /** Aborts when it is not wanted any more; the reason says why. */
  readonly signal: AbortSignal;
  /** Called once, when the host has ended it, or can't be reached any more. */
  readonly onEnd: (error: ExternalMediaError) => void;
  /** Called once for each kind of trouble that does not end it. */
  readonly onTrouble: (message: string, remedy: string) => void;
};

/** One way of carrying audio to a host and back. */
export interface Carrier {
  /** Opens it, or finds it open; the result closes it. @throws ExternalMediaError, or the signal's reason. */
  open(carried: CarriedMedia): Promise<AsyncDisposable>;
}

export const messageOf = (reason: unknown): string => (reason instanceof Error ? reason.message : String(reason));

/** A host's name without what may be secret in its URL. */
export const hostOf = ({ carrier, host }: ExternalMedia): string =>
  carrier === "websocket" ? (URL.parse(host)?.host ?? "") : host;

const REMEDIES = {
  refused: "name a public host, or let RINGDOWN_ALLOW_PRIVATE_URLS allow its addresses",
  unreachable: "see that a server of this kind listens there, and that this machine can reach it",
} as const;

/** Why there is no audio, in words for who wrote the flow. */
export function explainMedia(error: unknown, media: ExternalMedia): ExternalMediaError {
  if (error instanceof ExternalMediaError) return error;
  const host = hostOf(media);
  const isRefused = error instanceof OutboundError && error.fault === "refused";
  const fault: ExternalMediaFault & keyof typeof REMEDIES = isRefused ? "refused" : "unreachable";
  const message = error instanceof OutboundError ? error.message : `Asterisk could not reach ${host}`;
  return new ExternalMediaError(fault, host, message, REMEDIES[fault], { cause: error });
}
