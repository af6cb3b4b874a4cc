/** An engine on a switch that does what the test says, for tests that look at one call, `c1`, and its run. */
import { pino } from "pino";
import { actions } from "../../src/actions/registry.generated.ts";
import { createEngine, type Engine, type EngineServices } from "../../src/engine/engine.ts";
import { createHealth } from "../../src/engine/health.ts";
import type { ActionCatalogue } from "../../src/flow/action.ts";
import type { Action } from "../../src/model/action.ts";
import type { ActiveflowRecord } from "../../src/ports/activeflow-store.ts";
import type { LiveAudio } from "../../src/ports/live-audio.ts";
import type { SpeechRecognizer } from "../../src/ports/speech-recognition.ts";
import type { Storage } from "../../src/ports/storage.ts";
import { systemClock as clock } from "../../src/providers/system/clock.ts";
import { randomIds as ids } from "../../src/providers/system/ids.ts";
import { sampleFlow, sampleNumber } from "../contract/storage-samples.ts";
import { eventually } from "../support/eventually.ts";
import { silentMetrics } from "../support/metrics.ts";
import { fakeSwitch } from "./fake-switch.ts";
import type { FakeTelephony } from "./fake-telephony.ts";
import { testLimits } from "./limits.ts";

type Parts = Partial<ReturnType<typeof fakeSwitch>> & {
  readonly storage: Storage;
  readonly telephony: FakeTelephony;
  readonly catalogue?: ActionCatalogue;
  readonly maxCallMs?: number;
  readonly allowedNumbers?: readonly string[];
  readonly liveAudio?: LiveAudio;
  readonly recognizer?: SpeechRecognizer;
  readonly recording?: EngineServices["recording"];
};

export async function startEngine({
  catalogue = actions,
  maxCallMs = 60_000,
  allowedNumbers = [],
  ...on
}: Parts): Promise<Engine> {
  const none = () => Promise.reject(new Error("not in this test"));
  const engine = createEngine({
    ...fakeSwitch(on.telephony),
    ...on,
    catalogue,
    ports: { clock, speech: { speak: none, begin: none }, media: { fetch: none }, http: { send: none } },
    limits: testLimits({ maxCallMs, allowedNumbers }),
    clock,
    ids,
    log: pino({ level: "silent" }),
    metrics: silentMetrics,
    health: createHealth(clock),
  });
  await engine.start();
  return engine;
}

/** The call comes in and runs this flow; resolves when its run is stored. */
export async function arrive({ storage, telephony }: Parts, list: readonly Action[]): Promise<ActiveflowRecord> {
  const customer_id = storage.defaultCustomerId;
  const flow = sampleFlow({ customer_id, actions: [...list] });
  await storage.flows.create(flow);
  await storage.numbers.create(sampleNumber("1", { customer_id, call_flow_id: flow.id }));
  telephony.arrive("c1", "1");
  return runIn(storage);
}

/** The far end hangs up, and the channel leaves. */
export function leave(telephony: FakeTelephony): void {
  telephony.present.delete("c1");
  telephony.tell({ type: "channel_left", channelId: "c1" });
}

export const runIn = (storage: Storage): Promise<ActiveflowRecord> =>
  eventually(
    "a run",
    async () => (await storage.activeflows.list(storage.defaultCustomerId, { pageSize: 1 })).result[0],
  );

export const endedRunIn = (storage: Storage): Promise<ActiveflowRecord> =>
  eventually("the run's end", async () => {
    const run = await runIn(storage);
    return run.status === "ended" ? run : undefined;
  });
