import type { Engine } from "../../src/storage/engine.ts";
import { callTests } from "./storage-calls.ts";
import { chatbotTests } from "./storage-chatbots.ts";
import { conferenceTests } from "./storage-conferences.ts";
import { deliveryTests } from "./storage-deliveries.ts";
import { faultTests } from "./storage-faults.ts";
import { messageTests } from "./storage-messages.ts";
import { processTests } from "./storage-processes.ts";
import { queueTests } from "./storage-queues.ts";
import { recordingTests } from "./storage-recordings.ts";
import { resourceTests } from "./storage-resources.ts";
import { runTests } from "./storage-runs.ts";
import { transcribeTests } from "./storage-transcribes.ts";

/** A kind of database, and how to hurt it. */
export type StorageHarness = {
  /** A database that nobody has used. */
  emptyDatabase(): Promise<string>;
  openEngine(url: string): Engine;
  /** Makes what this engine writes fail, until the function that it gives is called. */
  readonly breakWriting: Readonly<Record<"full" | "read_only", BreakWriting>>;
};
export type BreakWriting = (engine: Engine) => Promise<() => Promise<void>>;

/** What every storage must do, whatever database is behind it. */
export function storageSuite(harness: StorageHarness): void {
  resourceTests(harness);
  callTests(harness);
  runTests(harness);
  recordingTests(harness);
  deliveryTests(harness);
  messageTests(harness);
  conferenceTests(harness);
  chatbotTests(harness);
  queueTests(harness);
  transcribeTests(harness);
  faultTests(harness);
  processTests(harness);
}
