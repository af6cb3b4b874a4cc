import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { z } from "zod";
import { sip } from "../support/addresses.ts";
import type { Call } from "../support/call.ts";
import { eventually } from "../support/eventually.ts";
import { expectNothingLeft, startLab } from "../support/lab.ts";
import type { RingingCall } from "../support/phone.ts";
import { factsOf } from "../support/records.ts";
import { seeded } from "../support/seeded.ts";
import { aftermathOf } from "./actions/support.ts";

/** Two things at once; whichever comes first, there is one outcome. After each test the lab looks for what is left. */
const lab = await startLab();

const ROUNDS = 8;
/** As long as news take on a busy machine, and some more. */
const SPREAD_MS = 40;
/** Asterisk rings for whole seconds. */
const RING_MS = 1_000;

const legSchema = z.looseObject({
  id: z.string(),
  master_call_id: z.string().nullable(),
  groupcall_id: z.string().nullable(),
  status: z.literal("hangup"),
  hangup_by: z.string(),
  hangup_reason: z.string(),
  hangup_cause: z.int(),
  tm_progressing: z.string().nullable(),
});
type Leg = z.infer<typeof legSchema>;
const groupSchema = z.looseObject({
  status: z.literal("hangup"),
  call_count: z.literal(0),
  call_ids: z.array(z.string()),
  answer_call_id: z.string().nullable(),
});

type Round = { readonly caller: Call; readonly number: string; readonly ringing: readonly RingingCall[] };
type Deed = (round: Round) => unknown;
type Race = {
  readonly callees?: number;
  /** Whether the race begins with the talk, not with the ringing. */
  readonly talking?: boolean;
  readonly one: Deed;
  readonly other: Deed;
};

/** A phone that has been told to stop ringing can't answer any more. */
const answers =
  (which: number): Deed =>
  ({ ringing }) => {
    const call = ringing[which];
    if (call && !call.story.ending()) call.answer();
  };
const callerHangsUp: Deed = ({ caller }) => caller.hangup();
const calleeHangsUp: Deed = ({ ringing: [call] }) => call?.hangup();

const legsOf = async (number: string): Promise<readonly z.infer<typeof legsSchema>[number][]> => {
  const { id } = await lab.recordOf(number);
  const calls = legsSchema.parse(await lab.api.list("/calls?page_size=100"));
  return calls.filter(({ master_call_id }) => master_call_id === id);
};
const legsSchema = z.array(z.looseObject({ id: z.string(), master_call_id: z.string().nullable() }));

const apiHangsUp: Deed = async ({ number }) => {
  const [leg] = await legsOf(number);
  await lab.api.request("POST", `/calls/${leg?.id}/hangup`, {});
};

const RACES: readonly (readonly [string, Race])[] = [
  ["the answer and the caller's hangup", { one: answers(0), other: callerHangsUp }],
  ["two answers", { callees: 2, one: answers(0), other: answers(1) }],
  ["the hangups of both", { talking: true, one: calleeHangsUp, other: callerHangsUp }],
  ["the answer and a hangup over HTTP", { one: answers(0), other: apiHangsUp }],
  ["the answer and the end of the ringing", { one: answers(0), other: () => undefined }],
];

const ring = async (callees: number, timeout: number): Promise<Round> => {
  const phones = await Promise.all(Array.from({ length: callees }, () => lab.phone({ user: "bob" })));
  const call = await lab.call([{ type: "connect", option: { destinations: phones.map(sip), timeout } }]);
  const ringing = await Promise.all(phones.map((phone) => phone.rings()));
  for (const one of ringing) one.ring();
  return { caller: call, number: call.number, ringing };
};

const run = async ({ callees = 1, talking = false, one, other }: Race, timeout: number, offsetMs: number) => {
  const round = await ring(callees, timeout);
  if (talking) {
    answers(0)(round);
    await round.caller.answered();
  }
  if (timeout === RING_MS) await pause(RING_MS - SPREAD_MS);
  await Promise.all([
    pause(Math.max(0, -offsetMs)).then(() => one(round)),
    pause(Math.max(0, offsetMs)).then(() => other(round)),
  ]);
  const { caller, ringing, number } = round;
  await eventually("an answer or an end", () => caller.story.answeredMs() !== undefined || caller.story.ending());
  // Those who talk have nothing to decide any more.
  if (!caller.story.ending()) await caller.hangup();
  await Promise.all([caller.ended(), ...ringing.map((call) => call.ended())]);
  return number;
};

/** Everything that is told of a call must fit together. */
const expectOneOutcome = async (number: string): Promise<void> => {
  const { record, facts } = await aftermathOf(lab, number);
  expect(record).toMatchObject({ hangup_by: expect.any(String), hangup_reason: expect.any(String) });
  const legs = await eventually(`the end of every leg of ${number}`, async () =>
    legSchema.array().parse(await legsOf(number)),
  );
  const [groupId] = legs.map(({ groupcall_id }) => groupcall_id);
  const group = await eventually("the end of the group", async () =>
    groupSchema.parse(await lab.api.get(`/groupcalls/${groupId}`)),
  );
  expect(group.call_ids.toSorted()).toEqual(legs.map(({ id }) => id).toSorted());
  const connected = facts("call_connected").map(({ call_id }) => call_id);
  expect(connected.length).toBeLessThanOrEqual(1);
  for (const id of connected) expect(id).toBe(group.answer_call_id);
  for (const leg of legs) await expectSound(leg, group.answer_call_id);
};

const expectSound = async (leg: Leg, winner: string | null): Promise<void> => {
  const timeline = await lab.api.list(`/calls/${leg.id}/timeline`);
  expect(factsOf(timeline, "call_hangup")).toHaveLength(1);
  expect(factsOf(timeline, "call_answered")).toHaveLength(leg.tm_progressing === null ? 0 : 1);
  if (leg.id === winner) expect(leg.tm_progressing).not.toBeNull();
  else if (winner !== null)
    expect(leg).toMatchObject({ hangup_by: "local", hangup_reason: "cancel", hangup_cause: 26 });
};

test.each(RACES)("%s at once: there is one outcome", async (name, race) => {
  const random = seeded(name.length);
  const offsets = Array.from({ length: ROUNDS }, () => Math.round((random() * 2 - 1) * SPREAD_MS));
  const timeout = name.includes("end of the ringing") ? RING_MS : 60_000;
  const numbers = await Promise.all(offsets.map((offsetMs) => run(race, timeout, offsetMs)));
  for (const number of numbers) await expectOneOutcome(number);
});

/** As long as it takes to make channels of callees and the bridge, on a busy machine. */
const MAKING_MS = 60;
const WAVES = 12;

test("whoever gives up while callees are being dialled leaves nothing in Asterisk, and nobody ringing", async () => {
  const bob = await lab.phone({ user: "bob" });
  const destinations = Array<object>(4).fill(sip(bob));
  const connect = (option: object) => ({ type: "connect", option: { destinations, ...option } });
  const flows = [
    [connect({})],
    [{ type: "answer" }, connect({})],
    [connect({ early_media: true })],
    [{ type: "echo" }],
  ];
  const numbers = await Promise.all(flows.map((actions) => lab.route(actions)));
  const random = seeded(WAVES);
  const giveUp = async (number: string): Promise<void> => {
    const caller = await lab.dial(number);
    await caller.progressed();
    await pause(random() * MAKING_MS);
    await caller.hangup();
    await caller.ended();
  };
  for (let wave = 0; wave < WAVES; wave += 1) await Promise.all(numbers.map(giveUp));
  // Before the next look for leftovers, which would take them away.
  await expectNothingLeft(lab.asterisk);
});
