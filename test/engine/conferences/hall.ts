/** An engine on a switch that does what the test says, for tests of calls that are in conferences together. */
import { pino } from "pino";
import { onTestFinished } from "vitest";
import { actions as allActions } from "../../../src/actions/registry.generated.ts";
import { createEngine, type Engine } from "../../../src/engine/engine.ts";
import { createHealth } from "../../../src/engine/health.ts";
import type { ActionCatalogue } from "../../../src/flow/action.ts";
import type { Action } from "../../../src/model/action.ts";
import type { Confbridge } from "../../../src/model/confbridge.ts";
import type { Conference } from "../../../src/model/conference.ts";
import type { Conferencecall } from "../../../src/model/conferencecall.ts";
import { newConfbridge, newConference } from "../../../src/model/new-conference.ts";
import { systemClock as clock } from "../../../src/providers/system/clock.ts";
import { randomIds as ids } from "../../../src/providers/system/ids.ts";
import { openStorage } from "../../../src/storage/open-storage.ts";
import { sampleFlow, sampleNumber } from "../../contract/storage-samples.ts";
import { eventually } from "../../support/eventually.ts";
import { silentMetrics } from "../../support/metrics.ts";
import { fakeSwitch } from "../fake-switch.ts";
import { testLimits } from "../limits.ts";

const log = pino({ level: "silent" });

/** What a call does when it is out again: it can be seen in the switch. */
const AFTERWARDS: Action = { id: "afterwards", type: "beep", option: {} };

export type Hall = Awaited<ReturnType<typeof openHall>>;

export async function openHall(catalogue: ActionCatalogue = allActions) {
  const storage = await openStorage("sqlite::memory:", { log, clock });
  const parts = fakeSwitch();
  const { telephony, bridges } = parts;
  const customer_id = storage.defaultCustomerId;
  const absent = () => Promise.reject(new Error("not in this test"));

  let becomeReachable = () => {};

  async function start(): Promise<Engine> {
    const started = createEngine({
      storage,
      ...parts,
      telephony: {
        ...telephony,
        servants: async () => [...bridges.present.keys()],
        // Who is dead hears nothing any more.
        onReachable: (listen) => {
          becomeReachable = listen;
        },
      },
      catalogue,
      ports: { clock, speech: { speak: absent, begin: absent }, media: { fetch: absent }, http: { send: absent } },
      limits: testLimits(),
      clock,
      ids,
      log,
      metrics: silentMetrics,
      health: createHealth(clock),
    });
    await started.start();
    return started;
  }

  let engine = await start();
  onTestFinished(async () => {
    engine.stop();
    await storage.close();
  });

  const tm_create = () => new Date(clock.now()).toISOString();

  async function confbridge(type: Confbridge["type"] = "conference"): Promise<string> {
    const made = newConfbridge({ id: ids.next(), customer_id, tm_create: tm_create() }, type);
    await storage.confbridges.create(made);
    return made.id;
  }

  async function conference(changes: Partial<Conference> = {}): Promise<Conference> {
    const fields = { type: "conference", name: "", detail: "", data: {}, timeout: 0, locked: false } as const;
    const common = { id: ids.next(), confbridgeId: ids.next(), customer_id, tm_create: tm_create() };
    const made = newConference(common, { ...fields, pre_flow_id: null, post_flow_id: null, ...changes });
    const stored = { ...made.conference, ...changes };
    await storage.conferences.create(stored, made.confbridge);
    await engine.conferences.changed(stored.id);
    return stored;
  }

  /** Stays in the order in which calls came. */
  const stays = async (): Promise<readonly Conferencecall[]> =>
    (await storage.conferencecalls.list(customer_id, { pageSize: 99 })).result.toReversed();

  let numbers = 0;
  const hall = {
    storage,
    telephony,
    bridges,
    customer_id,
    confbridge,
    conference,
    stays,
    get engine() {
      return engine;
    },
    /** What the switch has been asked since the last look. */
    news: (): readonly string[] => telephony.asked.splice(0),
    asked: (what: string) => eventually(what, () => telephony.asked.includes(what)),
    /** A call comes in on this channel, and runs this list. */
    async arrive(channelId: string, actions: readonly Action[]): Promise<void> {
      const flow = sampleFlow({ customer_id, actions: [...actions] });
      const number = String(++numbers);
      await storage.flows.create(flow);
      await storage.numbers.create(sampleNumber(number, { customer_id, call_flow_id: flow.id }));
      telephony.arrive(channelId, number);
    },
    /** A call comes in and joins; resolves when the record says that it has. */
    async join(channelId: string, action: Action): Promise<Conferencecall> {
      await hall.arrive(channelId, [action, AFTERWARDS]);
      return eventually(`${channelId} has joined`, async () => {
        const call = await callOn(channelId);
        return (await stays()).find(({ reference_id, status }) => reference_id === call.id && status === "joined");
      });
    },
    /** The far end hangs up. */
    hangUp(channelId: string): void {
      for (const members of bridges.present.values()) members.delete(channelId);
      telephony.present.delete(channelId);
      telephony.tell({ type: "hangup_requested", channelId, cause: 16 });
      telephony.tell({ type: "channel_left", channelId });
    },
    /** Resolves when the flow of the call has gone on behind the conference. */
    goesOn: (channelId: string) => hall.asked(`play ${channelId} sound:beep`),
    /** What its timeline says, without what is said of every call. */
    async facts(channelId: string): Promise<readonly (readonly [string, unknown])[]> {
      const timeline = await storage.timeline.ofCall((await callOn(channelId)).id);
      const told = ["conference_joined", "conference_left", "action_failed", "note"];
      return timeline.filter(({ type }) => told.includes(type)).map(({ type, data }) => [type, data] as const);
    },
    /** The process dies: what it has stored, and the switch, are as they were. */
    kill(): void {
      engine.stop();
      telephony.onEvent(() => {});
    },
    async start(): Promise<void> {
      engine = await start();
      becomeReachable();
    },
  };

  const callOn = (channelId: string) =>
    eventually(`a call on ${channelId}`, async () =>
      (await storage.calls.list(customer_id, { pageSize: 99 })).result.find(
        ({ channel_id }) => channel_id === channelId,
      ),
    );
  return { ...hall, callOn };
}

export const joinConfbridge = (confbridge_id: string): Action => ({
  id: "join",
  type: "confbridge_join",
  option: { confbridge_id },
});
export const joinConference = ({ id }: Pick<Conference, "id">): Action => ({
  id: "join",
  type: "conference_join",
  option: { conference_id: id },
});
