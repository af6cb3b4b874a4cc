import { randomUUID } from "node:crypto";
import pino from "pino";
import { onTestFinished } from "vitest";
import { actions as catalogue } from "../../../src/actions/registry.generated.ts";
import { announcingStorage } from "../../../src/engine/announcing/announcing-storage.ts";
import { createAnnouncementHub } from "../../../src/engine/announcing/hub.ts";
import { ensureAccessKey } from "../../../src/http/auth.ts";
import { createHttpServer } from "../../../src/http/server.ts";
import type { Readiness } from "../../../src/http/services.ts";
import type { EngineControl } from "../../../src/ports/engine-control.ts";
import type { Registrations } from "../../../src/ports/registrations.ts";
import type { SmsInbox } from "../../../src/ports/sms-gateway.ts";
import type { SpeechAhead } from "../../../src/ports/speech-ahead.ts";
import type { Storage } from "../../../src/ports/storage.ts";
import { openStorage } from "../../../src/storage/open-storage.ts";
import { memoryFiles } from "../../support/memory-files.ts";
import { createEngine } from "./engine.ts";

const KEY = "key-of-anna";
export const ANNA = "aaaaaaaa-0000-4000-8000-000000000001";
export const BERT = "bbbbbbbb-0000-4000-8000-000000000002";

export type Reply = {
  readonly status: number;
  /** Parsed JSON; tests look into it as they like. */
  // biome-ignore lint/suspicious/noExplicitAny: what a test expects of it is what the test says
  readonly body: any;
  readonly headers: Readonly<Record<string, unknown>>;
};

/** What a test may put in place of the ordinary. */
type Choice = {
  readonly storage?: (storage: Storage) => Storage;
  readonly engine?: Partial<EngineControl>;
  readonly readiness?: () => Readiness;
  readonly speechAhead?: SpeechAhead;
  readonly sms?: SmsInbox;
  readonly registrations?: Registrations;
};

/** An API on an empty database, with a key for Anna and one for Bert; gone when the test is over. */
export async function startApi(choice: Choice = {}) {
  const lines: string[] = [];
  const log = pino({ level: "debug" }, { write: (line: string) => void lines.push(line) });
  // A fixed start that ticks with each look, so that the order of what is created shows.
  let nowMs = Date.UTC(2026, 0, 1);
  const clock = { now: () => nowMs++, sleepUntil: () => Promise.reject(new Error("nothing here sleeps")) };
  const ids = { next: () => randomUUID() };
  const announcements = createAnnouncementHub((error) => log.error({ err: error }));
  const opened = announcingStorage(await openStorage("sqlite::memory:", { log, clock }), announcements);
  for (const [customerId, key] of [
    [ANNA, KEY],
    [BERT, "key-of-bert"],
  ] as const) {
    await ensureAccessKey(opened.accessKeys, key, { customerId, name: key, clock, ids });
  }
  const storage = choice.storage?.(opened) ?? opened;
  const files = memoryFiles();
  const engine = createEngine(opened, clock, ids);
  const server = createHttpServer({
    storage,
    engine: { ...engine.control, ...choice.engine },
    registrations: choice.registrations ?? { of: async () => new Map() },
    speechAhead: choice.speechAhead ?? { prepare: () => {} },
    announcements,
    sms: choice.sms,
    recordingFiles: files.storage,
    discardRecording: async ({ id }) => void (await opened.recordings.remove(id)),
    endRecordingTranscription: (id) => opened.transcribes.save(id, { status: "done", end_reason: "stopped" }, []),
    readiness: choice.readiness ?? (() => ({ ready: true, faults: [] })),
    programs: async () => ["sox"],
    catalogue,
    log,
    clock,
    ids,
  });
  await server.ready();
  onTestFinished(async () => {
    await server.close();
    await opened.close();
  });

  async function send(
    method: string,
    url: string,
    payload?: unknown,
    key: string | null = KEY,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Reply> {
    const text = typeof payload === "string" || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload);
    const reply = await server.inject({
      // Wrong methods are sent too.
      method: method as "GET",
      url,
      headers: {
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
        ...(text === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(text === undefined ? {} : { payload: text }),
    });
    const isJson = String(reply.headers["content-type"]).includes("json");
    return { status: reply.statusCode, body: isJson ? reply.json() : reply.body, headers: reply.headers };
  }
  const pass = (ms: number): void => {
    nowMs += ms;
  };
  return { server, storage: opened, files: files.bytes, engine, lines, send, pass };
}
export type TestApi = Awaited<ReturnType<typeof startApi>>;

/** Bert's key: whatever Anna has, he must not see. */
export const BERTS_KEY = "key-of-bert";
