import { type AriConnection, connectAri } from "../../../src/asterisk/ari/connection.ts";
import type { AriEvent } from "../../../src/asterisk/ari/event.ts";
import type { AriSettings } from "../../../src/asterisk/ari/settings.ts";
import type { Clock } from "../../../src/ports/clock.ts";
import type { Asterisk } from "../../support/asterisk.ts";

/** The machine's time, or a multiple of it, so that a test of long waits is short. */
export const realClock = (speed = 1): Clock => {
  const startedAtMs = Date.now();
  const now = () => startedAtMs + (Date.now() - startedAtMs) * speed;
  return {
    now,
    sleepUntil: (atMs, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        const timer = setTimeout(resolve, Math.max(0, atMs - now()) / speed);
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
        signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
      }),
  };
};

/** A clock that stands still until it is told the time. */
export const manualClock = () => {
  const sleepers = new Set<{ readonly atMs: number; readonly wake: () => void }>();
  let nowMs = 0;
  return {
    now: () => nowMs,
    sleepUntil: (atMs: number, signal: AbortSignal) =>
      new Promise<void>((wake, reject) => {
        if (signal.aborted) return reject(signal.reason);
        const sleeper = { atMs, wake };
        sleepers.add(sleeper);
        signal.addEventListener("abort", () => {
          sleepers.delete(sleeper);
          reject(signal.reason);
        });
      }),
    sleepers: () => sleepers.size,
    goTo(atMs: number) {
      nowMs = atMs;
      for (const sleeper of sleepers) {
        if (sleeper.atMs > atMs) continue;
        sleepers.delete(sleeper);
        sleeper.wake();
      }
    },
  };
};

/** Keeps what is logged. */
export const keptLog = () => {
  const facts: { readonly fact: string; readonly fields: Readonly<Record<string, unknown>> }[] = [];
  const write = (first: object | string, fact?: string) =>
    void facts.push(
      typeof first === "string" ? { fact: first, fields: {} } : { fact: fact ?? "", fields: { ...first } },
    );
  return { info: write, warn: write, error: write, facts };
};

/** A connection to a test's Asterisk, not started, with what it hears and logs. */
export const connectionTo = (asterisk: Pick<Asterisk, "environment">, changes: Partial<AriSettings> = {}) => {
  const { RINGDOWN_ARI_URL = "", RINGDOWN_ARI_PASSWORD = "" } = asterisk.environment;
  const { RINGDOWN_ARI_LISTEN = "", RINGDOWN_ARI_LISTEN_PASSWORD = "" } = asterisk.environment;
  const [host = "", port] = RINGDOWN_ARI_LISTEN.split(":");
  const log = keptLog();
  const connection: AriConnection = connectAri({
    socket: "listen",
    listen: { host, port: Number(port), username: "ringdown", password: RINGDOWN_ARI_LISTEN_PASSWORD },
    http: { url: RINGDOWN_ARI_URL, username: "ringdown", password: RINGDOWN_ARI_PASSWORD },
    application: "ringdown",
    clock: realClock(),
    log,
    random: Math.random,
    ...changes,
  });
  const events: AriEvent[] = [];
  connection.onEvent((event) => events.push(event));
  return { ...connection, events, log, [Symbol.asyncDispose]: connection.close };
};
