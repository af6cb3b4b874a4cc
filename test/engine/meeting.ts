/** Calls that meet on a switch that does what the test says, also from one process to the next. */
import type { Engine } from "../../src/engine/engine.ts";
import type { Action } from "../../src/model/action.ts";
import type { Address } from "../../src/model/address.ts";
import type { Groupcall } from "../../src/model/groupcall.ts";
import type { CallOrder } from "../../src/ports/engine-control.ts";
import type { Storage } from "../../src/ports/storage.ts";
import { systemClock as clock } from "../../src/providers/system/clock.ts";
import { openStorage } from "../../src/storage/open-storage.ts";
import { eventually } from "../support/eventually.ts";
import { fakeSwitch } from "./fake-switch.ts";
import { arrive, startEngine } from "./one-call.ts";

export type Meeting = Awaited<ReturnType<typeof newMeeting>>;

/** An empty storage, and a switch without calls. */
export async function newMeeting() {
  const storage = await openStorage("sqlite::memory:", { log: { error() {}, warn() {}, info() {} }, clock });
  let on = fakeSwitch();

  const group = (): Promise<Groupcall> =>
    eventually(
      "a group",
      async () => (await storage.groupcalls.list(storage.defaultCustomerId, { pageSize: 1 })).result[0],
    );
  const asked = (what: string | RegExp): Promise<string> =>
    eventually(String(what), () =>
      on.telephony.asked.find((one) => (typeof what === "string" ? one === what : what.test(one))),
    );

  return {
    storage,
    get on() {
      return on;
    },
    start: ({ allowedNumbers = [], from = storage }: { allowedNumbers?: readonly string[]; from?: Storage } = {}) =>
      startEngine({ ...on, storage: from, allowedNumbers }),
    /** A new process finds the switch as it was, and nobody of the old one listens. */
    crash(engine: Engine): void {
      engine.stop();
      const { telephony, bridges, phones } = on;
      on = { ...fakeSwitch(), phones };
      for (const [id, channel] of telephony.present) on.telephony.present.set(id, channel);
      for (const [id, members] of bridges.present) on.bridges.present.set(id, members);
    },
    /** The call `c1` comes in and runs this. */
    arrive: (list: readonly Action[]) => arrive({ storage, ...on }, list),
    group,
    /** Resolves with what was asked of the switch, as soon as it is. */
    asked,
    /** What was asked of the switch that begins so. */
    askedTo: (beginning: string): readonly string[] => on.telephony.asked.filter((one) => one.startsWith(beginning)),
    /** The channel that rings this target, once it is dialled. */
    dialled: async (target: string): Promise<string> =>
      (await asked(new RegExp(`^dial \\S+ ${target.replaceAll("+", "\\+")}$`))).split(" ")[1] ?? "",
    answered: (channelId: string): void => on.telephony.tell({ type: "channel_answered", channelId }),
    failed(channelId: string, cause: number): void {
      on.telephony.present.delete(channelId);
      on.telephony.tell({ type: "channel_left", channelId, cause });
    },
    timelineOf: (callId: string | null) => storage.timeline.ofCall(callId ?? ""),
  };
}

export const [BOB, EVE] = ["sip:bob@127.0.0.9", "sip:eve@127.0.0.9"];
export const sip = (target: string): Address => ({ type: "sip", target });
export const connect = (destinations: readonly Address[], option: object = {}): Action => ({
  id: "c",
  type: "connect",
  option: { destinations, ...option },
});

/** Calls that are ordered from outside, with a flow that waits. */
export const orderOf = (storage: Storage, destinations: readonly Address[]): CallOrder => ({
  customerId: storage.defaultCustomerId,
  source: sip("x@h"),
  destinations,
  flowId: null,
  actions: [{ id: "s", type: "sleep", option: { duration: 60_000 } }],
  onCompleteFlowId: null,
  variables: {},
  earlyExecution: false,
});
