/**
 * Writes that do not give up: calls go on while the storage refuses, and what it refused is stored when it works again.
 *
 * 1. A write that fails for a reason that may pass is kept, and its promise resolves: the caller does not wait for a disk.
 * 2. While anything is kept, later writes queue behind it, so that they are stored in the order in which they were asked.
 * 3. What is kept is lost when the process dies; that is said on the log, and readiness says 503.
 */
import type { Logger } from "pino";
import type { Storage } from "../ports/storage.ts";
import { StorageError, type StorageFault } from "../ports/storage-error.ts";
import type { Health } from "./health.ts";

/** Writes kept at most, a few KiB each; older ones are given up first. */
const MAX_KEPT = 10_000;
const TRY_AGAIN_MS = 1_000;

type Write = () => Promise<void>;

/** The same storage, with patient writes of calls, runs, timelines and who is in which conference; `close` ends the patience too. */
export function patientStorage(storage: Storage, health: Health, log: Logger): Storage {
  const kept: Write[] = [];
  let retry: NodeJS.Timeout | undefined;

  async function write(work: Write): Promise<void> {
    if (kept.length > 0) return keep(work);
    try {
      await work();
    } catch (error) {
      if (!mayPass(error)) throw error;
      report(error);
      keep(work);
    }
  }

  function keep(work: Write): void {
    kept.push(work);
    if (kept.length > MAX_KEPT) kept.shift();
    retry ??= setTimeout(drain, TRY_AGAIN_MS).unref();
  }

  async function drain(): Promise<void> {
    retry = undefined;
    for (let work = kept[0]; work; work = kept[0]) {
      try {
        await work();
      } catch (error) {
        if (mayPass(error)) {
          report(error);
          retry = setTimeout(drain, TRY_AGAIN_MS).unref();
          return;
        }
        log.error({ err: error }, "a kept write was refused for good");
      }
      kept.shift();
    }
    health.recover("storage");
    log.info("storage works again, everything kept is stored");
  }

  function report(error: StorageError): void {
    if (kept.length === 0) {
      log.error({ err: error, fault: error.fault }, "storage refuses: calls go on, but would not survive a crash");
    }
    health.fail("storage", error.message);
  }

  return {
    ...storage,
    calls: {
      ...storage.calls,
      create: (call, facts) => write(() => storage.calls.create(call, facts)),
      save: (call, facts) => write(() => storage.calls.save(call, facts)),
    },
    activeflows: {
      ...storage.activeflows,
      create: (record, frame, facts) => write(() => storage.activeflows.create(record, frame, facts)),
      save: (id, change, facts) => write(() => storage.activeflows.save(id, change, facts)),
    },
    groupcalls: {
      ...storage.groupcalls,
      create: (groupcall) => write(() => storage.groupcalls.create(groupcall)),
      save: (id, changes) => write(() => storage.groupcalls.save(id, changes)),
    },
    confbridges: {
      ...storage.confbridges,
      save: (id, changes) => write(() => storage.confbridges.save(id, changes)),
    },
    conferences: {
      ...storage.conferences,
      save: (id, changes) => write(() => storage.conferences.save(id, changes)),
    },
    conferencecalls: {
      ...storage.conferencecalls,
      create: (conferencecall, facts) => write(() => storage.conferencecalls.create(conferencecall, facts)),
      save: (id, changes, facts) => write(() => storage.conferencecalls.save(id, changes, facts)),
    },
    queuecalls: {
      ...storage.queuecalls,
      create: (queuecall, facts) => write(() => storage.queuecalls.create(queuecall, facts)),
      change: (change) => write(() => storage.queuecalls.change(change)),
    },
    transcribes: {
      ...storage.transcribes,
      create: (transcribe, facts) => write(() => storage.transcribes.create(transcribe, facts)),
      save: (id, changes, facts) => write(() => storage.transcribes.save(id, changes, facts)),
    },
    transcripts: {
      ...storage.transcripts,
      create: (transcript, facts) => write(() => storage.transcripts.create(transcript, facts)),
    },
    chatbotcalls: {
      ...storage.chatbotcalls,
      create: (chatbotcall, facts) => write(() => storage.chatbotcalls.create(chatbotcall, facts)),
      save: (id, changes, facts) => write(() => storage.chatbotcalls.save(id, changes, facts)),
    },
    recordings: {
      ...storage.recordings,
      create: (recording, facts) => write(() => storage.recordings.create(recording, facts)),
      save: (id, changes, facts) => write(() => storage.recordings.save(id, changes, facts)),
    },
    timeline: { ...storage.timeline, append: (facts) => write(() => storage.timeline.append(facts)) },
    close() {
      clearTimeout(retry);
      return storage.close();
    },
  };
}

const PASSING: readonly StorageFault[] = ["full", "read_only", "unavailable"];

const mayPass = (error: unknown): error is StorageError =>
  error instanceof StorageError && PASSING.includes(error.fault);
