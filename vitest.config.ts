import { defineConfig } from "vitest/config";

/** A call with speech and keys takes some seconds; a stuck one is told from it by this. */
const CALL_TIMEOUT_MS = 60_000;

const project = (name: string, include: string[], testTimeout: number, exclude: string[] = []) => ({
  test: { name, include, exclude, testTimeout, hookTimeout: CALL_TIMEOUT_MS, retry: 0 },
});

export default defineConfig({
  // The repository is mounted read-only where these run.
  cacheDir: "/tmp/ringdown-vitest",
  test: {
    fsModuleCache: false,
    // Each file may run its own Asterisk; more at once would only measure the machine.
    maxWorkers: 3,
    projects: [
      project("unit", ["test/**/*.test.ts"], 10_000, ["test/{contract,integration,chaos,acceptance}/**"]),
      project("contract", ["test/contract/**/*.test.ts"], CALL_TIMEOUT_MS),
      project("integration", ["test/{integration,chaos}/**/*.test.ts"], CALL_TIMEOUT_MS),
      project("acceptance", ["test/acceptance/**/*.test.ts"], CALL_TIMEOUT_MS),
    ],
  },
});
