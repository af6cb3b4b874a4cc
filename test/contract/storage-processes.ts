import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { Storage } from "../../src/ports/storage.ts";
import { opener } from "./storage-opened.ts";
import type { StorageHarness } from "./storage-suite.ts";

const WRITER = fileURLToPath(new URL("storage-writer.ts", import.meta.url));
const ENOUGH_SAVES = 500;

export function processTests(harness: StorageHarness): void {
  describe("processes", () => {
    const { open } = opener(harness);

    test("a process that is killed while it writes loses nothing that was acknowledged", async () => {
      const url = await harness.emptyDatabase();
      const writer = startWriter(url);
      const acknowledged = await savesOf(writer, ENOUGH_SAVES);
      writer.kill("SIGKILL");
      const all = await acknowledged.untilExit();
      await expectStored(await open(url), all);
    });

    test("two processes that start at once on an empty database share it", async () => {
      const url = await harness.emptyDatabase();
      const writers = [startWriter(url, 50), startWriter(url, 50)];
      const all = await Promise.all(writers.map(async (writer) => (await savesOf(writer, 1)).untilExit()));
      expect(writers.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
      const storage = await open(url);
      expect(await storage.activeflows.running()).toHaveLength(40);
      for (const saves of all) await expectStored(storage, saves);
    });
  });
}

const startWriter = (url: string, lastStep = Number.POSITIVE_INFINITY): ChildProcess =>
  spawn(process.execPath, [WRITER, url, String(lastStep)], { stdio: ["ignore", "pipe", "inherit"] });

/** The last step that each run was told is stored; waits until this many saves were. */
async function savesOf(writer: ChildProcess, atLeast: number) {
  const exited = once(writer, "close");
  const steps = new Map<string, number>();
  let saves = 0;
  let unfinished = "";
  await new Promise<void>((resolve, reject) => {
    writer.stdout?.setEncoding("utf8").on("data", (text: string) => {
      const lines = (unfinished + text).split("\n");
      unfinished = lines.pop() ?? "";
      for (const [id = "", step] of lines.map((line) => line.split(" "))) steps.set(id, Number(step));
      saves += lines.length;
      if (saves >= atLeast) resolve();
    });
    exited.then(() => reject(new Error(`the writer ended after ${saves} saves`)), reject);
  });
  return {
    async untilExit() {
      await exited;
      return steps;
    },
  };
}

async function expectStored({ activeflows, timeline }: Storage, acknowledged: ReadonlyMap<string, number>) {
  for (const [id, step] of acknowledged) {
    const stored = (await activeflows.get(id))?.position.steps ?? 0;
    expect(stored).toBeGreaterThanOrEqual(step);
    // State and facts are one: neither is there without the other.
    expect(await timeline.ofActiveflow(id)).toHaveLength(stored);
  }
}
