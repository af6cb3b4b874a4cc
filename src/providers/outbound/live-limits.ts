/** Limits of connections that carry live audio. */

/** Longer than any healthy handshake; a caller is waiting. */
export const CONNECT_TIMEOUT_MS = 5_000;
/** What may wait for the other side: two seconds of wideband audio. */
export const MOST_UNSENT_BYTES = 64_000;
/** How often the other side has to show that it lives. */
export const PROBE_MS = 10_000;
