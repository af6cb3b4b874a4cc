/** Calls and groups that end with the call whose flow makes them, whenever that ends. */
import { beforeEach, expect, test } from "vitest";
import type { Action } from "../../src/model/action.ts";
import type { Address } from "../../src/model/address.ts";
import type { Storage } from "../../src/ports/storage.ts";
import { sampleAgent, sampleExtension, sampleTrunk } from "../contract/storage-samples.ts";
import { eventually } from "../support/eventually.ts";
import { BOB, EVE, type Meeting, newMeeting, sip } from "./meeting.ts";
import { leave } from "./one-call.ts";

let meeting: Meeting;
beforeEach(async () => {
  meeting = await newMeeting();
});

const call = (...destinations: readonly Address[]): Action => ({
  id: "call",
  type: "call",
  option: { destinations, chained: true, actions: [{ type: "answer" }] },
});
const wait: Action = { id: "wait", type: "sleep", option: { duration: 60_000 } };
/** An agent whose phones ring one after the other. */
const agent = async (): Promise<Address> => {
  const { storage } = meeting;
  const ann = sampleAgent({
    customer_id: storage.defaultCustomerId,
    ring_method: "linear",
    addresses: [BOB, EVE].map(sip),
  });
  await storage.agents.create(ann);
  return { type: "agent", target: ann.id };
};
const groupEnded = () =>
  eventually("the end of the group", async () => ((await meeting.group()).status === "hangup" ? true : undefined));
const none = async () => expect(await meeting.storage.calls.live()).toEqual([]);

test("of an agent's phones that ring one after the other, none rings when the master is gone", async () => {
  await meeting.start();
  await meeting.arrive([call(await agent()), wait]);
  await meeting.dialled(BOB);
  leave(meeting.on.telephony);
  await groupEnded();
  expect(meeting.askedTo("dial ")).toHaveLength(1);
  await none();
});

test("nor when the master has gone while nobody was there", async () => {
  const engine = await meeting.start();
  await meeting.arrive([call(await agent()), wait]);
  await meeting.dialled(BOB);
  meeting.crash(engine);
  meeting.on.telephony.present.delete("c1");
  await meeting.start();
  meeting.on.telephony.becomeReachable();
  await groupEnded();
  expect(meeting.askedTo("dial ")).toEqual([]);
  await none();
});

test("nor when its end is all that an earlier process has stored", async () => {
  const engine = await meeting.start();
  await meeting.arrive([call(await agent()), wait]);
  await meeting.dialled(BOB);
  const group = await meeting.group();
  meeting.crash(engine);
  const { storage } = meeting;
  for (const one of await storage.calls.live()) await storage.calls.save({ ...one, status: "hangup" }, []);
  await storage.groupcalls.save(group.id, { status: "progressing" });
  await meeting.start();
  meeting.on.telephony.becomeReachable();
  await groupEnded();
  expect(meeting.askedTo("dial ")).toEqual([]);
});

test.each([
  ["an extension's phones", { type: "extension", target_name: "100", target: "" }],
  ["a telephone number's trunks", { type: "tel", target: "+4930111" }],
] as const)("a master that goes while %s are looked up lets nobody ring", async (_whose, destination) => {
  const { storage } = meeting;
  const lookup = Promise.withResolvers<void>();
  const looked = Promise.withResolvers<void>();
  const held = async () => {
    looked.resolve();
    await lookup.promise;
  };
  const customer_id = storage.defaultCustomerId;
  await storage.extensions.create(sampleExtension("100", { customer_id }));
  await storage.trunks.create(sampleTrunk({ customer_id, prefixes: [] }));
  meeting.on.phones.of = async () => {
    await held();
    return [BOB];
  };
  const trunks: Storage["trunks"] = {
    ...storage.trunks,
    async ofCustomer(id) {
      await held();
      return storage.trunks.ofCustomer(id);
    },
  };
  await meeting.start({ allowedNumbers: ["+"], from: { ...storage, trunks } });
  await meeting.arrive([call(destination), wait]);
  await looked.promise;
  leave(meeting.on.telephony);
  lookup.resolve();
  await eventually("a call that was", async () => {
    const { result } = await storage.calls.list(customer_id, { pageSize: 10 });
    const { result: groups } = await storage.groupcalls.list(customer_id, { pageSize: 10 });
    return result.length + groups.length === 2 && [...result, ...groups].every(({ status }) => status === "hangup");
  });
  expect(meeting.askedTo("dial ")).toEqual([]);
});
