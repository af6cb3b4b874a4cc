import { expect, test } from "vitest";
import { z } from "zod";
import { sip } from "../support/addresses.ts";
import { eventually } from "../support/eventually.ts";
import { startLab } from "../support/lab.ts";
import { nextAddress } from "../support/loopback.ts";
import type { RingingCall } from "../support/phone.ts";
import { aftermathOf, prompt } from "./actions/support.ts";

const lab = await startLab();
const AFTER = 850;

const failureSchema = z.object({ call_id: z.string(), reason: z.string(), cause: z.int(), why: z.string() });

type Deed = (call: RingingCall) => void;
type Ending = {
  readonly callee: string;
  /** What a phone does that rings; there is none when absent. */
  readonly does?: Deed;
  readonly relayed: number;
  readonly reason: string;
  readonly cause: number;
  readonly words: string;
};

const refusal =
  (status: number, reason?: string): Deed =>
  (call) =>
    call.refuse(status, reason);
const after =
  (begin: "ring" | "progress", then: Deed): Deed =>
  (call) => {
    call[begin]();
    then(call);
  };
/** SIP status and Q.850 cause of each other's kind are those of Asterisk. */
const ending = (
  callee: string,
  does: Deed | undefined,
  [relayed, reason, cause, words]: readonly [number, string, number, string],
): Ending => ({ callee, ...(does ? { does } : {}), relayed, reason, cause, words });

const BUSY = [486, "busy", 17, "user busy"] as const;
const NO_ANSWER = [480, "noanswer", 19, "no answer"] as const;
const REJECTED = [403, "noanswer", 21, "call rejected"] as const;
const CONGESTED = [503, "failed", 34, "no circuit available: the host is not found, or takes no calls now"] as const;

const ENDINGS: readonly Ending[] = [
  ending("486", refusal(486), BUSY),
  ending("486 after ringing", after("ring", refusal(486)), BUSY),
  ending("486 after early media", after("progress", refusal(486)), BUSY),
  ending("600", refusal(600), BUSY),
  ending("480", refusal(480), NO_ANSWER),
  ending("480 that says cause 19", refusal(480, "Q.850;cause=19"), NO_ANSWER),
  ending("603", refusal(603), REJECTED),
  ending("603 after ringing", after("ring", refusal(603)), REJECTED),
  ending("403", refusal(403), REJECTED),
  ending("404", refusal(404), [404, "failed", 1, "unallocated number"]),
  ending("410", refusal(410), [410, "failed", 22, "number changed"]),
  ending("484", refusal(484), [484, "failed", 28, "invalid number format"]),
  ending("408", refusal(408), [408, "failed", 18, "no user responding"]),
  ending("488", refusal(488), [488, "failed", 58, "bearer capability not available"]),
  ending("500", refusal(500), [500, "failed", 38, "network out of order"]),
  ending("502", refusal(502), [502, "failed", 27, "destination out of order"]),
  ending("503", refusal(503), CONGESTED),
  ending("503 that says cause 34", refusal(503, "Q.850;cause=34"), CONGESTED),
  ending("rings on and on", (call) => call.ring(), NO_ANSWER),
  ending("not a word", () => {}, NO_ANSWER),
  ending("nobody there", undefined, NO_ANSWER),
];

/** Of whom each makes three calls: more would be a test of the machine. */
const AT_ONCE = 8;

/** The same twice: for a caller to whom the reason is relayed, and for one whose flow goes on. */
const outcomeOf = async ({ callee, does }: Ending): Promise<Ending> => {
  const address = nextAddress();
  const phone = does ? await lab.phone({ user: "bob", address }) : undefined;
  const connect = { destinations: [sip({ user: "bob", address })], timeout: 1_500 };
  const [told, goesOn] = await Promise.all([
    lab.call([{ type: "connect", option: { ...connect, relay_reason: true } }, prompt(lab, AFTER)]),
    lab.call([{ type: "connect", option: connect }, prompt(lab, AFTER)]),
  ]);
  if (phone && does) for (const call of [await phone.rings(), await phone.rings()]) does(call);
  const { status = 0 } = await told.ended();
  await goesOn.heard(AFTER);
  await goesOn.ended();
  const { variables, facts } = await aftermathOf(lab, goesOn.number);
  const { call_id, reason, cause, why: words } = failureSchema.parse(facts("leg_failed")[0]);
  expect(await lab.api.get(`/calls/${call_id}`), callee).toMatchObject({
    status: "hangup",
    hangup_reason: reason,
    hangup_cause: cause,
    tm_progressing: null,
  });
  expect(variables, callee).toMatchObject({
    "voipbin.connect.status": reason,
    "voipbin.connect.hangup_reason": reason,
    "voipbin.connect.duration": "0",
  });
  return ending(callee, does, [status, reason, cause, words]);
};

test("every way not to answer is told: to the caller, on the records, on the timeline", async () => {
  const outcomes: Ending[] = [];
  for (let first = 0; first < ENDINGS.length; first += AT_ONCE) {
    outcomes.push(...(await Promise.all(ENDINGS.slice(first, first + AT_ONCE).map(outcomeOf))));
  }
  expect(outcomes).toEqual(ENDINGS);
});

test.each([
  ["without a reason", undefined, 16],
  ["as a normal end", "Q.850;cause=16", 16],
  ["for no reason in particular", "Q.850;cause=31", 31],
])("who hangs up %s ends the talk normally, and hangup_relay passes the cause on", async (_how, reason, cause) => {
  const bob = await lab.phone({ user: "bob" });
  const call = await lab.call([
    { type: "connect", option: { destinations: [sip(bob)] } },
    { type: "hangup_relay", option: { reference_id: "${voipbin.connect.answered_call_id}" } },
  ]);
  const ringing = await bob.rings();
  ringing.answer();
  await Promise.all([call.answered(), ringing.answered()]);
  await ringing.hangup(reason);
  await call.ended();
  const { record, variables } = await aftermathOf(lab, call.number);
  expect(record).toMatchObject({ hangup_by: "local", hangup_reason: "normal", hangup_cause: cause });
  const id = String(variables["voipbin.connect.answered_call_id"]);
  expect(await lab.api.get(`/calls/${id}`)).toMatchObject({
    hangup_by: "remote",
    hangup_reason: "normal",
    hangup_cause: cause,
    master_call_id: record.id,
  });
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
    [{ type: "tel", target: "+4930123456" }, "RINGDOWN_OUTBOUND_ALLOW has no prefix of this number"],
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
