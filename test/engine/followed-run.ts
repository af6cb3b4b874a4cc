/** The run of a call that another run follows, and what both say in the end. */
import { expect } from "vitest";
import type { Action } from "../../src/model/action.ts";
import { sampleFlow, sampleNumber } from "../contract/storage-samples.ts";
import { eventually } from "../support/eventually.ts";
import { channelOf } from "./fake-telephony.ts";
import type { Meeting } from "./meeting.ts";
import { runIn } from "./one-call.ts";

/** The call `c1` comes in, out of `hops` others of ours, and runs this; what runs after it ends at once. Gives its run's id. */
export async function arriveFollowed({ storage, on }: Meeting, list: readonly Action[], hops = 0): Promise<string> {
  const customer_id = storage.defaultCustomerId;
  const after = sampleFlow({ customer_id, actions: [{ id: "a", type: "stop", option: {} }] });
  const flow = sampleFlow({ customer_id, actions: [...list], on_complete_flow_id: after.id });
  for (const one of [after, flow]) await storage.flows.create(one);
  await storage.numbers.create(sampleNumber("1", { customer_id, call_flow_id: flow.id }));
  const channel = { ...channelOf("c1", "1"), arguments: ["inbound", String(hops)] };
  on.telephony.present.set("c1", channel);
  on.telephony.tell({ type: "channel_arrived", channel });
  return (await runIn(storage)).id;
}

/** The variables of this group, when both runs have ended; the second must have what the first had. */
export async function toldAfter({ storage }: Meeting, runId: string, group: string) {
  const runs = await eventually("both runs' ends", async () => {
    const { result } = await storage.activeflows.list(storage.defaultCustomerId, { pageSize: 10 });
    return result.length === 2 && result.every(({ status }) => status === "ended") ? result : undefined;
  });
  const told = (isFirst: boolean): Readonly<Record<string, string>> => {
    const { variables = {} } = runs.find(({ id }) => (id === runId) === isFirst) ?? {};
    const own = Object.entries(variables).filter(([name]) => name.startsWith(`${group}.`));
    return Object.fromEntries(own.map(([name, value]) => [name.slice(group.length + 1), value]));
  };
  expect(told(false)).toEqual(told(true));
  return told(true);
}
