import type { Logger } from "pino";

/** Where this folder reports what happens to the connection; facts with fields, never secrets or numbers. */
export type AriLog = Pick<Logger, "info" | "warn" | "error">;
