import { expect, test } from "vitest";
import { z } from "zod";
import { NIL_UUID } from "../../src/model/identifier.ts";
import { sip } from "../support/addresses.ts";
import { eventually } from "../support/eventually.ts";
import { startLab } from "../support/lab.ts";
import { nextAddress } from "../support/loopback.ts";
import {
  answers,
  calleeScenario,
  goesOn,
  hangsUp,
  isHungUp,
  isTakenBack,
  progresses,
  refuses,
  rings,
} from "../support/sipp/callees.ts";
import { startSipp } from "../support/sipp/run.ts";
import { aftermathOf, prompt } from "./actions/support.ts";

const lab = await startLab();
const AFTER = 850;
/** Longer than it takes to put somebody through. */
const TALK_MS = 1_000;

const failureSchema = z.object({ call_id: z.string(), reason: z.string(), cause: z.int(), why: z.string() });
/** Null until a call has ended. */
const endSchema = z.object({ hangup_by: z.string(), hangup_reason: z.string(), hangup_cause: z.int() });
const placedSchema = z.object({ call_ids: z.array(z.string()) });

type Outcome = {
  /** The SIP status for a caller to whom the reason is relayed. */
  readonly relayed: number;
  readonly reason: string;
  readonly cause: number;
  readonly words: string;
  /** How a call ends that nobody waits for, and that is taken back when its master is over. */
  readonly alone: readonly [reason: string, cause: number];
};

const refused = (relayed: number, reason: string, cause: number, words: string): Outcome => ({
  relayed,
  reason,
  cause,
  words,
  alone: [reason, cause],
});
const BUSY = refused(486, "busy", 17, "user busy");
const NO_ANSWER = refused(480, "noanswer", 19, "no answer");
const REJECTED = refused(403, "noanswer", 21, "call rejected");
const CONGESTED = refused(503, "failed", 34, "no circuit available: the host is not found, or takes no calls now");
const TIMED_OUT: Outcome = { ...NO_ANSWER, alone: ["cancel", 16] };

/** What SIPp does when it is called, and what becomes of it: SIP status and Q.850 cause are paired as Asterisk does. */
const ENDINGS: readonly (readonly [callee: string, does: readonly string[] | undefined, outcome: Outcome])[] = [
  ["486", [refuses(486)], BUSY],
  ["486 after ringing", [rings, refuses(486)], BUSY],
  ["486 after early media", [progresses, refuses(486)], BUSY],
  ["600", [refuses(600)], BUSY],
  ["480", [refuses(480)], NO_ANSWER],
  ["480 after ringing", [rings, refuses(480)], NO_ANSWER],
  ["480 that says cause 19", [refuses(480, "Q.850;cause=19")], NO_ANSWER],
  ["603", [refuses(603)], REJECTED],
  ["603 after ringing", [rings, refuses(603)], REJECTED],
  ["403", [refuses(403)], REJECTED],
  ["404", [refuses(404)], refused(404, "failed", 1, "unallocated number")],
  ["410", [refuses(410)], refused(410, "failed", 22, "number changed")],
  ["484", [refuses(484)], refused(484, "failed", 28, "invalid number format")],
  ["408", [refuses(408)], refused(408, "failed", 18, "no user responding")],
  ["488", [refuses(488)], refused(488, "failed", 58, "bearer capability not available")],
  ["500", [refuses(500)], refused(500, "failed", 38, "network out of order")],
  ["502", [refuses(502)], refused(502, "failed", 27, "destination out of order")],
  ["503", [refuses(503)], CONGESTED],
  ["503 that says cause 34", [refuses(503, "Q.850;cause=34")], CONGESTED],
  ["rings on and on", [rings, isTakenBack], TIMED_OUT],
  ["early media on and on", [progresses, isTakenBack], TIMED_OUT],
  ["not a word", [goesOn], TIMED_OUT],
  ["nobody there", undefined, TIMED_OUT],
];

const endOf = (id: unknown) =>
  eventually(`the end of call ${id}`, async () => endSchema.parse(await lab.api.get(`/calls/${id}`)));

/** Of whom each makes five calls: more would be a test of the machine. */
const AT_ONCE = 8;

/** Three calls to the same callee: one whose reason is relayed, one whose flow goes on, and one that has a flow of its own. */
const outcomeOf = async (callee: string, does: readonly string[] | undefined): Promise<Outcome> => {
  const address = nextAddress();
  await using sipp = does && (await startSipp({ scenario: calleeScenario(...does), address, calls: 3 }));
  const destinations = [sip({ user: "bob", address })];
  const connect = { destinations, timeout: 1_500 };
  const alone = { type: "call", option: { destinations, actions: [prompt(lab, AFTER)], chained: true } };
  const [told, flow] = await Promise.all([
    lab.call([{ type: "connect", option: { ...connect, relay_reason: true } }, prompt(lab, AFTER)]),
    lab.call([alone, { type: "connect", option: connect }, prompt(lab, AFTER)]),
  ]);
  const { status = 0 } = await told.ended();
  await flow.heard(AFTER);
  await flow.ended();
  const { variables, facts } = await aftermathOf(lab, flow.number);
  const { call_id, reason, cause, why: words } = failureSchema.parse(facts("leg_failed")[0]);
  expect(await lab.api.get(`/calls/${call_id}`), callee).toMatchObject({
    status: "hangup",
    hangup_by: "remote",
    hangup_reason: reason,
    hangup_cause: cause,
    tm_progressing: null,
  });
  expect(variables, callee).toMatchObject({
    "voipbin.connect.status": reason,
    "voipbin.connect.hangup_reason": reason,
    "voipbin.connect.duration": "0",
    "voipbin.connect.answered_call_id": NIL_UUID,
  });
  const [id] = placedSchema.parse(facts("calls_placed")[0]).call_ids;
  const placed = await endOf(id);
  if (!does?.includes(goesOn)) expect((await sipp?.ended())?.errors ?? "", callee).toBe("");
  return { relayed: status, reason, cause, words, alone: [placed.hangup_reason, placed.hangup_cause] };
};

test("every way of SIPp's not to answer is told: to the caller, on the records, on the timeline", async () => {
  const outcomes: (readonly [callee: string, outcome: Outcome])[] = [];
  for (let first = 0; first < ENDINGS.length; first += AT_ONCE) {
    const some = ENDINGS.slice(first, first + AT_ONCE);
    outcomes.push(
      ...(await Promise.all(some.map(async ([callee, does]) => [callee, await outcomeOf(callee, does)] as const))),
    );
  }
  expect(outcomes).toEqual(ENDINGS.map(([callee, , outcome]) => [callee, outcome]));
});

const FAREWELLS: readonly (readonly [how: string, does: readonly string[], cause: number])[] = [
  ["at once, without a reason", [answers, hangsUp(TALK_MS)], 16],
  ["after ringing", [rings, answers, hangsUp(TALK_MS)], 16],
  ["after early media", [progresses, answers, hangsUp(TALK_MS)], 16],
  ["as a normal end", [rings, answers, hangsUp(TALK_MS, "Q.850;cause=16")], 16],
  ["for no reason in particular", [rings, answers, hangsUp(TALK_MS, "Q.850;cause=31")], 31],
];

test("SIPp that hangs up ends the talk normally, and hangup_relay passes the cause on", async () => {
  const talk = async ([how, does, cause]: (typeof FAREWELLS)[number]) => {
    const address = nextAddress();
    await using sipp = await startSipp({ scenario: calleeScenario(...does), address });
    const call = await lab.call([
      { type: "connect", option: { destinations: [sip({ user: "bob", address })] } },
      { type: "hangup_relay", option: { reference_id: "${voipbin.connect.answered_call_id}" } },
    ]);
    await call.answered();
    await call.ended();
    expect(await sipp.ended(), how).toMatchObject({ passed: true });
    const { record, variables } = await aftermathOf(lab, call.number);
    const end = { hangup_reason: "normal", hangup_cause: cause };
    expect(record, how).toMatchObject({ ...end, hangup_by: "local" });
    expect(variables, how).toMatchObject({
      "voipbin.connect.status": "answered",
      "voipbin.connect.hangup_reason": "normal",
    });
    expect(Number(variables["voipbin.connect.duration"]), how).toBeGreaterThan(0);
    const answered = await lab.api.get(`/calls/${variables["voipbin.connect.answered_call_id"]}`);
    expect(answered, how).toMatchObject({ ...end, hangup_by: "remote", master_call_id: record.id });
  };
  await Promise.all(FAREWELLS.map(talk));
});

test.each([
  ["normal", 16],
  ["busy", 17],
])("SIPp that has answered is hung up by the flow of its call as %s, and told why", async (reason, cause) => {
  const address = nextAddress();
  await using sipp = await startSipp({ scenario: calleeScenario(rings, answers, isHungUp), address });
  const actions = [{ type: "hangup", option: { reason } }];
  const order = await lab.api.request("POST", "/calls", { destinations: [sip({ user: "bob", address })], actions });
  const { calls } = z.object({ calls: z.array(z.object({ id: z.string() })) }).parse(order.body);
  const { passed, messages } = await sipp.ended();
  expect(passed).toBe(true);
  expect(messages).toMatch(new RegExp(`^BYE sip:[^]*^Reason: Q.850;cause=${cause}\\b`, "m"));
  expect(await endOf(calls[0]?.id)).toEqual({ hangup_by: "local", hangup_reason: reason, hangup_cause: cause });
});

test("a caller who has been answered is hung up too when the reason is relayed", async () => {
  const bob = await lab.phone({ user: "bob" });
  const option = { destinations: [sip(bob)], relay_reason: true };
  const call = await lab.call([{ type: "answer" }, { type: "connect", option }, prompt(lab, AFTER)]);
  (await bob.rings()).refuse(486);
  expect(await call.ended()).toMatchObject({ by: "them" });
  expect((await aftermathOf(lab, call.number)).record).toMatchObject({ hangup_reason: "busy", hangup_cause: 17 });
});

test("a caller who has been answered hears silence, not a ring tone, when nobody has answered", async () => {
  const bob = await lab.phone({ user: "bob" });
  const sleep = { type: "sleep", option: { duration: 60_000 } };
  const call = await lab.call([{ type: "answer" }, { type: "connect", option: { destinations: [sip(bob)] } }, sleep]);
  const ringing = await bob.rings();
  ringing.ring();
  await eventually("the ring tone", () => call.blocks().some(({ heard }) => heard === "other"));
  ringing.refuse(486);
  // Longer than a ring tone is silent.
  await call.quiet(4_500);
  await call.hangup();
});

test("more than 50 destinations are refused when the flow is made, and the limit is said", async () => {
  const destinations = Array(51).fill(sip({ user: "bob", address: "127.0.0.9" }));
  const actions = [{ type: "connect", option: { destinations } }];
  const answer = await lab.api.request("POST", "/flows", { name: "crowd", actions });
  expect(answer.status).toBe(400);
  expect(JSON.stringify(answer.body)).toContain("50");
});

test("each destination that can't be dialled says why, and the others ring", async () => {
  const bob = await lab.phone({ user: "bob" });
  const bad = [
    [{ type: "extension", target: "nobody" }, "you have no such extension"],
    [{ type: "agent", target: "${nobody}" }, "you have no such agent"],
    [{ type: "sip", target: "${nobody}" }, "a SIP address is a URI like sip:user@host"],
    [{ type: "tel", target: "0049" }, "a telephone number is written like +4930123456"],
    [
      { type: "tel", target: "+4930123456" },
      "RINGDOWN_OUTBOUND_ALLOW has no prefix of this number: add one, and start again",
    ],
    [{ type: "email", target: "a@example.com" }, "an address of type email can't be called"],
  ] as const;
  const destinations = [...bad.map(([address]) => address), sip(bob)];
  const call = await lab.call([{ type: "connect", option: { destinations } }, prompt(lab, AFTER)]);
  const ringing = await bob.rings();
  ringing.answer();
  await call.answered();
  await ringing.hangup();
  await call.heard(AFTER);
  await call.ended();
  const { facts } = await aftermathOf(lab, call.number);
  const told = facts("leg_failed").map(({ why }) => why);
  expect(told.toSorted()).toEqual(bad.map(([, why]) => why).toSorted());
});
