import type { Clock } from "../../ports/clock.ts";
import type { AriErrorKind } from "./ari-error.ts";
import type { ListenAccess } from "./listen-for-asterisk.ts";
import type { AriLog } from "./log.ts";
import type { HttpAccess } from "./rest-over-http.ts";

/** All that a connection to Asterisk needs to know. */
export type AriSettings = {
  /** `listen`: Asterisk (22.5 or later) dials us and keeps events while we are away; `dial`: we dial an older one. */
  readonly socket: "listen" | "dial";
  readonly listen: ListenAccess;
  readonly http: HttpAccess;
  readonly application: string;
  readonly clock: Clock;
  readonly log: AriLog;
  /** Hears of each request that is over. */
  readonly onRequest?: (operation: string, durationMs: number, outcome: "done" | AriErrorKind) => void;
  /** From 0 up to 1, for the jitter of reconnecting. */
  readonly random: () => number;
};
