import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import type { ReferenceType } from "../../src/model/activeflow.ts";
import type { Address } from "../../src/model/address.ts";
import { newMessage } from "../../src/model/message.ts";
import { answerLoops } from "../../src/workers/answer-loops.ts";
import { sampleCall, sampleRun } from "../contract/storage-samples.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const CUSTOMER = randomUUID();
const tel = (target: string): Address => ({ type: "tel", target });
const OURS = tel("+491");
const THEIRS = tel("+492");

type Run = { readonly reference_type?: ReferenceType; readonly hops?: number; readonly callHops?: number };

/** Texts of one run, from one to the other unless told otherwise. */
function start({ reference_type = "conversation", hops, callHops = 0 }: Run = {}) {
  let nowMs = Date.UTC(2026, 0, 1);
  const variables: Record<string, string> =
    hops === undefined ? {} : { "voipbin.conversation_message.hops": String(hops) };
  const run = sampleRun({ reference_type, variables });
  const loops = answerLoops({
    activeflows: { get: async (id) => (id === run.id ? run : undefined) },
    calls: { get: async (id) => (id === run.reference_id ? sampleCall({ hops: callHops }) : undefined) },
    clock: { now: () => nowMs },
  });
  return {
    pass: (ms: number) => {
      nowMs += ms;
    },
    async text({ to = THEIRS, from = OURS, isNew = true, activeflow_id = run.id as string | null, among = 1 } = {}) {
      const origin = { id: randomUUID(), customer_id: CUSTOMER, activeflow_id, call_id: null, tm_create: "" };
      const message = newMessage({ source: from, text: "hi", destinations: Array(among).fill(to) }, origin);
      const counted = await loops.count(message, to, isNew);
      return "why" in counted ? counted.why : counted.hops;
    },
  };
}

const repeated = async (times: number, text: () => Promise<unknown>) => {
  for (let time = 0; time < times; time += 1) expect(await text()).toBe(1);
};

test.each([
  [undefined, 1, 1],
  [0, 1, 1],
  [9, 1, 10],
  [2, 100, 10],
])("an answer to a text to which %s led, one of %i, counts %i", async (hops, among, counted) => {
  const { text } = start(hops === undefined ? {} : { hops });
  expect(await text({ among })).toBe(counted);
});

test("when ten led to it there is no answer any more, and it is said why and what to do", async () => {
  const { text } = start({ hops: 10 });
  expect(await text()).toMatch(
    /^10 texts and calls, .*: two that answer each other .* let the flow not answer that one$/,
  );
});

test.each([
  ["minute", 20, 0, MINUTE_MS],
  ["hour", 200, 4_000, HOUR_MS],
  ["day", 500, 20_000, 24 * HOUR_MS],
])(
  "within a %s %i answers go to the same one, and no more, until it has passed",
  async (name, most, paceMs, lengthMs) => {
    const { text, pass } = start();
    await repeated(most, () => {
      pass(paceMs);
      return text();
    });
    expect(await text()).toContain(`${most} automatic texts within a ${name}`);
    pass(lengthMs);
    expect(await text()).toBe(1);
  },
);

test("others are answered meanwhile, and what was counted before is tried again", async () => {
  const { text } = start();
  await repeated(20, text);
  expect(await text({ to: tel("+493") })).toBe(1);
  expect(await text({ from: tel("+493") })).toBe(1);
  expect(await text({ isNew: false })).toBe(1);
});

test("what a call writes to which texts and calls led counts on, keeps the pace, and ends after ten", async () => {
  const { text } = start({ reference_type: "call", callHops: 4 });
  for (let time = 0; time < 20; time += 1) expect(await text()).toBe(5);
  expect(await text()).toContain("20 automatic texts within a minute");
  expect(await start({ reference_type: "call", callHops: 10 }).text()).toMatch(/^10 texts and calls, /);
});

test("what no text has started, and what comes over the API, is no answer", async () => {
  const ofCall = start({ reference_type: "call", hops: 10 });
  const ofApi = start();
  for (let time = 0; time < 30; time += 1) {
    expect([await ofCall.text(), await ofApi.text({ activeflow_id: null })]).toEqual([0, 0]);
  }
});
