/** The engine alone, in a process of its own: steps a second, stored by `sqlite` or kept in `memory`; JSON on stdout. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { actions as catalogue } from "../src/actions/registry.generated.ts";
import { createEngine } from "../src/engine/engine.ts";
import { createHealth } from "../src/engine/health.ts";
import { defaultFlowLimits } from "../src/flow/limits.ts";
import { defaultVariableLimits } from "../src/flow/variable-limits.ts";
import type { Action } from "../src/model/action.ts";
import type { ActiveflowStore } from "../src/ports/activeflow-store.ts";
import type { Storage } from "../src/ports/storage.ts";
import { systemClock as clock } from "../src/providers/system/clock.ts";
import { randomIds as ids } from "../src/providers/system/ids.ts";
import { openStorage } from "../src/storage/open-storage.ts";
import { fakeSwitch } from "../test/engine/fake-switch.ts";
import { silentMetrics } from "../test/support/metrics.ts";
import { memoryActiveflows } from "./measure/memory-activeflows.ts";

const [store = "memory", secondsGiven = "3"] = process.argv.slice(2);
/** As many runs at once as a busy machine has calls. */
const RUNS_AT_ONCE = 200;
const STEPS_OF_RUN = 100;
const WARM_UP_MS = 1_000;

const log = pino({ level: "silent" });
const directory = mkdtempSync(join(tmpdir(), "bench-engine-"));
const opened = await openStorage(store === "memory" ? "sqlite::memory:" : `sqlite:${directory}/bench.db`, {
  log,
  clock,
});
const runs = store === "memory" ? memoryActiveflows() : opened.activeflows;

const waiting = new Map<string, () => void>();
const storage: Storage = { ...opened, activeflows: tellingEnds(runs, (id) => waiting.get(id)?.()) };
const absent = () => Promise.reject(new Error("no flow of this benchmark needs it"));
const engine = createEngine({
  storage,
  ...fakeSwitch(),
  catalogue,
  ports: { clock, speech: { speak: absent, begin: absent }, media: { fetch: absent }, http: { send: absent } },
  limits: {
    flow: defaultFlowLimits,
    variables: defaultVariableLimits,
    maxCallMs: 60_000,
    messageDeadlineMs: 1_000,
    allowedNumbers: [],
  },
  clock,
  ids,
  log,
  metrics: silentMetrics,
  health: createHealth(clock),
});
await engine.start();

/** The cheapest real steps: one that changes a variable, one that decides. */
const actions: readonly Action[] = Array.from({ length: STEPS_OF_RUN }, (_, index) =>
  index % 2 === 0
    ? { id: `s${index}`, type: "variable_set", option: { key: "step", value: `\${voipbin.activeflow.id} ${index}` } }
    : { id: `s${index}`, type: "branch", option: { variable: "step", target_ids: { nothing: "s0" } } },
);

await stepsIn(WARM_UP_MS);
const stepsPerSecond = await stepsIn(Number(secondsGiven) * 1_000);
engine.stop();
await storage.close();
rmSync(directory, { recursive: true });
process.stdout.write(`${JSON.stringify({ store, stepsPerSecond })}\n`);

/** Keeps so many runs going for so long; gives their steps a second. */
async function stepsIn(durationMs: number): Promise<number> {
  const startMs = performance.now();
  let ended = 0;
  const keepRunning = async (): Promise<void> => {
    while (performance.now() - startMs < durationMs) {
      await runOnce();
      ended += 1;
    }
  };
  await Promise.all(Array.from({ length: RUNS_AT_ONCE }, keepRunning));
  return (ended * STEPS_OF_RUN * 1_000) / (performance.now() - startMs);
}

async function runOnce(): Promise<void> {
  const ended = Promise.withResolvers<void>();
  const customerId = storage.defaultCustomerId;
  // A run of so many steps does not end before its id is known here.
  const id = await engine.startActiveflow({ customerId, actions, variables: {}, onCompleteFlowId: null });
  waiting.set(id, ended.resolve);
  await ended.promise;
  waiting.delete(id);
}

function tellingEnds(store: ActiveflowStore, tell: (id: string) => void): ActiveflowStore {
  return {
    ...store,
    async save(id, change, facts) {
      await store.save(id, change, facts);
      if (change.status === "ended") tell(id);
    },
  };
}
