import { expect, test } from "vitest";
import conferenceJoin from "../../src/actions/conference_join.ts";
import { fork, next } from "../../src/flow/outcome.ts";
import type { Action } from "../../src/model/action.ts";
import type { Conference } from "../../src/model/conference.ts";
import type { Flow } from "../../src/model/flow.ts";
import { newConference } from "../../src/model/new-conference.ts";
import { testOption } from "../support/option.ts";
import { createStep } from "../support/step.ts";

const ID = "367e0e7a-3a8c-11eb-bb08-f3c3f059cfbe";
const JOIN = "conferencing.join bridge";
const tm_create = "2026-01-01T00:00:00.000Z";

const conference = (changes: Partial<Conference>): Conference => {
  const common = { id: ID, confbridgeId: "bridge", customer_id: "us", tm_create };
  const fields = { type: "conference", name: "", detail: "", data: {}, timeout: 0, locked: false } as const;
  return { ...newConference(common, { ...fields, pre_flow_id: null, post_flow_id: null }).conference, ...changes };
};
const beep = (id: string): Action => ({ id, type: "beep", option: {} });
const flow = (id: string): Flow => ({
  id,
  customer_id: "us",
  name: "",
  detail: "",
  actions: [beep(id)],
  on_complete_flow_id: null,
  tm_create,
  tm_update: tm_create,
});
const flows = { before: flow("before"), after: flow("after") };

const stepOf = (changes: Partial<Conference>, again?: { readonly [key: string]: string | null }) =>
  createStep(
    conferenceJoin,
    { conference_id: ID },
    { conferences: { [ID]: conference(changes) }, flows, ...(again ? { again } : {}) },
  );

const course = { confbridge_id: "bridge", pre_flow_id: "before", post_flow_id: "after" };

test("a conference without flows is joined at once", async () => {
  const step = stepOf({});
  expect(await step.run()).toEqual(next);
  expect(step.log).toEqual([JOIN]);
});

test("the flow before it runs first, then the action again", async () => {
  const step = stepOf({ pre_flow_id: "before", post_flow_id: "after" });
  expect(await step.run()).toEqual(fork([beep("before")], { thenAgain: course }));
  expect(step.log).toEqual([]);
});

test("again, it joins, whatever became of the conference meanwhile, and the flow after it runs", async () => {
  const step = stepOf({ pre_flow_id: "changed", post_flow_id: "changed", confbridge_id: "changed" }, course);
  expect(await step.run()).toEqual(fork([beep("after")]));
  expect(step.log).toEqual([JOIN]);
});

test("killed while it was in, it joins again though the conference has been locked or removed", async () => {
  const conferences: Record<string, Conference> = { [ID]: conference({ post_flow_id: "after" }) };
  const step = createStep(conferenceJoin, { conference_id: ID }, { conferences, flows });
  await step.run();
  delete conferences[ID];
  expect(await step.run()).toEqual(fork([beep("after")]));
  expect(step.log).toEqual([JOIN, JOIN]);
});

test("a flow that there is no more is told of and left out", async () => {
  const step = stepOf({ pre_flow_id: "removed" });
  expect(await step.run()).toEqual(next);
  expect(step.log).toEqual([expect.stringMatching(/^note .*removed/), JOIN]);
});

test("who may not join learns why before the flow before it runs", async () => {
  const step = createStep(conferenceJoin, { conference_id: ID });
  await expect(step.run()).rejects.toMatchObject({ name: "ConferencingError", reason: "locked" });
  expect(step.log).toEqual([]);
});

testOption(conferenceJoin, {
  accepted: [[{ conference_id: ID }]],
  refused: [
    {},
    { conference_id: "" },
    { conference_id: "00000000-0000-0000-0000-000000000000" },
    { conference_id: "sales" },
    { conference_id: 5 },
    { conference_id: ID, x: 1 },
  ],
});
