import { expect, test } from "vitest";
import { z } from "zod";
import { actions as catalogue } from "../../src/actions/registry.generated.ts";
import { simulate as simulateWith } from "../../src/cli/simulate/simulate.ts";
import { defineAction } from "../../src/flow/action.ts";
import { fork, next } from "../../src/flow/outcome.ts";
import { type } from "./terminal.ts";

const simulationSchema = z.object({
  steps: z.array(
    z.object({ action_id: z.string(), type: z.string(), happens: z.array(z.string()), outcome: z.string() }),
  ),
  ended: z.string(),
  duration_ms: z.number(),
  variables: z.record(z.string(), z.string()),
});

const say = (text: string, more: object = {}) => ({ type: "talk", option: { text, ...more } });
const menu = [
  { id: "menu", ...say("Menu.", { digits_handle: "next" }) },
  { type: "digits_receive", option: { length: 1, duration: 5000 } },
  { type: "branch", option: { target_ids: { "1": "one" }, default_target_id: "again" } },
  { id: "again", type: "goto", option: { target_id: "menu", loop_count: 1 } },
  { ...say("Bye."), next_id: "end" },
  { id: "one", ...say("One.") },
  { id: "end", type: "hangup" },
];

/** Simulates, and gives what the caller noticed in all. */
const simulate = async (actions: readonly object[], ...options: string[]) => {
  const { out, complaint } = await type(["flow", "simulate", "-", "--json", ...options], {
    input: JSON.stringify(actions),
  });
  expect(complaint).toBe("");
  const simulation = simulationSchema.parse(JSON.parse(out));
  return { ...simulation, noticed: simulation.steps.flatMap(({ happens }) => happens) };
};

test("a caller who presses a key hears what belongs to it, and no time passes in silence", async () => {
  const { noticed, ended, duration_ms } = await simulate(menu, "--digits", "1");
  expect(noticed).toEqual([
    "the call is answered",
    'hears "Menu." (en-US)',
    "caller presses 1",
    'hears "One." (en-US)',
  ]);
  expect({ ended, duration_ms }).toEqual({ ended: "stopped", duration_ms: 300 });
});

test("a caller who presses nothing waits for every deadline", async () => {
  const { noticed, duration_ms } = await simulate(menu);
  expect(noticed.filter((text) => text.startsWith("hears"))).toEqual([
    'hears "Menu." (en-US)',
    'hears "Menu." (en-US)',
    'hears "Bye." (en-US)',
  ]);
  expect(duration_ms).toBe(10_000);
});

test("each wait takes the next item of --digits, an empty one nothing", async () => {
  const { noticed } = await simulate(menu, "--digits", ",1");
  expect(noticed.filter((text) => text.startsWith("caller"))).toEqual(["caller waits", "caller presses 1"]);
});

test("keys that a wait does not need are there for the next one", async () => {
  const wait = { type: "digits_receive", option: { length: 1, duration: 5000 } };
  const { variables, duration_ms } = await simulate([wait, wait], "--digits", "12");
  expect(variables["voipbin.call.digits"]).toBe("12");
  expect(duration_ms).toBeLessThan(5000);
});

test("what reaches outside is passed over, and says so", async () => {
  const { steps, ended } = await simulate([
    { type: "fetch", option: { event_url: "https://example.com/" } },
    { type: "answer" },
  ]);
  expect(steps[0]?.happens).toEqual(["not simulated: it reaches outside"]);
  expect(steps[1]?.type).toBe("answer");
  expect(ended).toBe("finished");
});

test("an action that fails is told, and the flow goes on", async () => {
  const { steps } = await simulate([
    { type: "variable_set", option: { key: "wait", value: "soon" } },
    { type: "condition_datetime", option: { condition: "==", timezone: "${wait}" } },
    { type: "answer" },
  ]);
  expect(steps.map(({ type: name }) => name)).toEqual(["variable_set", "condition_datetime", "answer"]);
  expect(steps[1]?.outcome).toMatch(/^failed: .*time zone/);
});

test("a flow that goes round for ever ends by a limit", async () => {
  const { ended } = await simulate([{ id: "a", type: "branch", option: { default_target_id: "a" } }]);
  expect(ended).toMatch(/_limit$/);
});

test("an action that runs again after its own list does so here too", async () => {
  const waits = defineAction({
    type: "waits",
    summary: "",
    uses: ["timeline"],
    option: z.strictObject({}),
    examples: [],
    run({ again, timeline }) {
      timeline.add("note", { message: `left: ${String(again)}` });
      const list = [{ id: "s", type: "sleep", option: { duration: 1_000 } }];
      return again === 2 ? next : fork(list, { thenAgain: again === undefined ? 1 : 2, until: "k" });
    },
  });
  const party = { type: "tel", target: "1" } as const;
  const script = { source: party, destination: party, variables: {}, digits: [], during: {}, unplayable: [] };
  const flow = [{ id: "w", type: "waits", option: {} }];
  const { steps, ended, duration_ms } = await simulateWith(flow, script, new Map(catalogue).set("waits", waits));
  expect(steps.map(({ type: name, happens, outcome }) => [name, ...happens, outcome])).toEqual([
    ["waits", "left: undefined", "fork, then again"],
    ["sleep", "next"],
    ["waits", "left: 1", "fork, then again"],
    ["sleep", "next"],
    ["waits", "left: 2", "next"],
  ]);
  expect({ ended, duration_ms }).toEqual({ ended: "finished", duration_ms: 2_000 });
});
