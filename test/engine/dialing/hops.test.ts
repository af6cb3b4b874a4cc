import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { before, checkHops, comingBack, hopsAmong, hopsByLooks, MAX_HOPS } from "../../../src/engine/dialing/hops.ts";
import type { Address } from "../../../src/model/address.ts";
import type { DialTarget } from "../../../src/model/dial-target.ts";
import { DialLoopError } from "../../../src/ports/connector.ts";
import { sampleCall } from "../../contract/storage-samples.ts";

const SIP: Address = { type: "sip", target: "sip:bob@example.com" };
const many = (count: number, address = SIP) => Array<Address>(count).fill(address);

test("a call that comes out of ten calls no more", () => {
  expect(() => checkHops(MAX_HOPS - 1, [SIP])).not.toThrow();
  expect(() => checkHops(MAX_HOPS, [SIP])).toThrow(DialLoopError);
});

test.each([
  [1, 1],
  [2, 2],
  [3, 3],
  [4, 3],
  [50, 7],
])("one of %i that come out of a call counts %i", (count, hops) => {
  expect(hopsAmong(1, count)).toBe(hops);
});

test("phones of ours do not call on: any number of them may be called", () => {
  expect(() => checkHops(MAX_HOPS - 1, many(50, { type: "extension", target: "1001" }))).not.toThrow();
});

/** A call of ours that goes out by this carrier. */
const goingOut = (number: string, caller: string, hops: number) => {
  const target = { kind: "trunk", trunk_id: "carrier", number, caller: { type: "tel", target: caller } } as const;
  return sampleCall({ hops, dialing: { targets: [target], attempt: 0, ringUntilMs: 0 } });
};

test.each([
  ["as we wrote both numbers", "carrier", "+4930123456", "+4930999000", 3],
  ["as other carriers write them", "carrier", "004930123456", "030999000", 3],
  ["by another carrier", "other", "+4930123456", "+4930999000", 0],
  ["to another number", "carrier", "+4930123457", "+4930999000", 0],
  ["to a few digits", "carrier", "3456", "+4930999000", 0],
  ["from somebody else", "carrier", "+4930123456", "+4930999001", 0],
  ["from nobody", "carrier", "+4930123456", "", 0],
])("a call that comes in without a count, %s, counts %5$i", (_how, trunkId, dialled, callerNumber, hops) => {
  const live = [goingOut("+4930123456", "+4930999000", 2), goingOut("+4930123456", "+4930999000", 3), sampleCall()];
  expect(hopsByLooks({ trunkId, dialled, callerNumber }, live)).toBe(hops);
});

test("of callers without a number nobody knows who they are", () => {
  for (const callerNumber of ["", "anonymous"]) {
    const live = [goingOut("+4930123456", callerNumber, 3)];
    expect(hopsByLooks({ trunkId: "carrier", dialled: "+4930123456", callerNumber }, live)).toBe(0);
  }
});

test("one of several that were ordered at once counts, as it comes back, as much as it tells", () => {
  const call = goingOut("+4930123456", "+4930999000", 0);
  const amongFour = { ...call, dialing: call.dialing && { ...call.dialing, among: 4 } };
  expect(hopsByLooks({ trunkId: "carrier", dialled: "+4930123456", callerNumber: "+4930999000" }, [amongFour])).toBe(2);
});

test("of an agent's addresses each counts that may call on", () => {
  const elsewhere: DialTarget = { kind: "sip", uri: SIP.target };
  const phone: DialTarget = { kind: "phone", extension: "1001", uri: "sip:1001@127.0.0.1" };
  const legs = [elsewhere, elsewhere, elsewhere, phone, phone].map((target) => ({
    callId: randomUUID(),
    activeflowId: randomUUID(),
    destination: SIP,
    targets: [target],
  }));
  expect(comingBack([[legs.slice(0, 2)], [legs.slice(2)]])).toBe(3);
  expect(comingBack([])).toBe(0);
});

test("a call that others of ours led to makes fewer and fewer, one after another; one that none led to as many as it likes", () => {
  expect(() => checkHops(7, [SIP], 3)).not.toThrow();
  expect(() => checkHops(7, [SIP], 4)).toThrow(DialLoopError);
  expect(() => checkHops(7, many(50, { type: "extension", target: "1001" }), 4)).not.toThrow();
  expect(() => checkHops(0, many(50), 5_000)).not.toThrow();
});

test("whoever is called by one that calls thousands, one after another, may call others and connect", () => {
  const hops = hopsAmong(1, before(0, 5_000) + 1);
  expect(hops).toBe(6);
  expect(() => checkHops(hops, [SIP], 7)).not.toThrow();
});

/** All calls that come out of one when each calls so many others, all of which come back. */
const callsOutOf = (count: number, hops = 0): number => {
  try {
    checkHops(hops, many(count));
  } catch {
    return 0;
  }
  return count * (1 + callsOutOf(count, hopsAmong(hops + 1, count)));
};

test("whatever goes round in circles, it ends with some hundred calls", () => {
  for (let count = 1; count <= 50; count += 1) expect(callsOutOf(count)).toBeLessThan(400);
});

/** All calls that come out of one when each calls so many others one after another, all of which come back. */
const outOfSequences = (count: number, hops = 0): number => {
  let calls = 0;
  for (let made = 0; made < count; made += 1) {
    try {
      checkHops(hops, [SIP], made);
    } catch {
      return calls;
    }
    calls += 1 + outOfSequences(count, hopsAmong(hops + 1, before(hops, made) + 1));
  }
  return calls;
};

test.each([
  [1, 10],
  [2, 231],
  [5, 1_481],
  [50, 5_539],
])("going round in circles, %i calls one after another lead to %i", (count, calls) => {
  expect(outOfSequences(count)).toBe(calls);
});
