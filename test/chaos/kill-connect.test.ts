import { expect } from "vitest";
import { aftermathOf, heardMs, prompt } from "../integration/actions/support.ts";
import { sip } from "../support/addresses.ts";
import type { Call } from "../support/call.ts";
import { type FlowAction, startLab } from "../support/lab.ts";
import type { Phone, RingingCall } from "../support/phone.ts";
import { tone } from "../support/tones.ts";
import { isHeard, LIMIT_MS, type Moment, testKills } from "./support.ts";

const lab = await startLab({ environment: { RINGDOWN_OUTBOUND_ALLOW: "+49" } });
const [CALLER, CALLEE, AFTER] = [440, 620, 850];
const TALK_MS = 8_000;

type Pair = { readonly number: string; readonly bob: Phone };
type Ringing = Pair & { readonly caller: Call; readonly callee: RingingCall };

const pair = async (option: object = {}): Promise<Pair> => {
  const bob = await lab.phone({ user: "bob" });
  const connect = { type: "connect", option: { destinations: [sip(bob)], ...option } };
  return { number: await lab.route([connect, prompt(lab, AFTER)]), bob };
};
const ringFor = async ({ number, bob }: Pair): Promise<Ringing> => {
  const caller = await lab.dial(number);
  const callee = await bob.rings();
  callee.ring();
  await caller.progressed();
  return { number, bob, caller, callee };
};
const ring = async (option?: object): Promise<Ringing> => ringFor(await pair(option));
const talk = async (option?: object): Promise<Ringing> => {
  const talking = await ring(option);
  talking.callee.answer();
  await expectTalk(talking);
  return talking;
};
/** Past Asterisk's core: only so are keys not heard. */
const DIRECT = { collect_digits: false };

/** Of two phones that are rung one after the other, the first is. */
const ringFirst = async (first: Phone, next: Phone, action: FlowAction) => {
  const number = await lab.route([action, prompt(lab, AFTER)]);
  const ringing = await ringFor({ number, bob: first });
  return { ringing, goesOn: () => expectAnswer({ ...ringing, bob: next }) };
};
const expectAnswer = async (calling: Pair & { caller: Call }): Promise<void> => {
  const callee = await calling.bob.rings(LIMIT_MS);
  callee.answer();
  await expectAfterTalk({ ...calling, callee });
};
let carriers = 0;

const expectTalk = async ({ caller, callee }: Ringing): Promise<void> => {
  await caller.answered(LIMIT_MS);
  await Promise.all([isHeard(caller, callee, CALLER), isHeard(callee, caller, CALLEE)]);
};
const expectEnd = async ({ caller, number }: Pair & { caller: Call }, statuses: readonly string[]): Promise<void> => {
  await caller.heard(AFTER, LIMIT_MS);
  await caller.ended(LIMIT_MS);
  const { variables } = await aftermathOf(lab, number);
  expect(statuses).toContain(variables["voipbin.connect.status"]);
};
const expectAfterTalk = async (talking: Ringing): Promise<void> => {
  await expectTalk(talking);
  await talking.callee.hangup();
  await expectEnd(talking, ["answered"]);
  await expect(talking.bob.rings(0)).rejects.toThrow();
};

const answers =
  (option?: object): Moment =>
  async () => {
    const ringing = await ring(option);
    return async () => {
      ringing.callee.answer();
      return () => expectAfterTalk(ringing);
    };
  };
const talks =
  (option?: object): Moment =>
  async () => {
    const talking = await talk(option);
    const { caller, callee } = talking;
    const said = Promise.all([caller.say(tone(1100, TALK_MS)), callee.say(tone(1400, TALK_MS))]);
    return async () => async () => {
      await said;
      expect(heardMs(callee, 1100)).toBeGreaterThan(TALK_MS * 0.9);
      expect(heardMs(caller, 1400)).toBeGreaterThan(TALK_MS * 0.9);
      await expectAfterTalk(talking);
    };
  };

const MOMENTS: Readonly<Record<string, Moment>> = {
  "the caller dials": async () => {
    const { number, bob } = await pair();
    return async () => {
      const caller = await lab.dial(number);
      return () => expectAnswer({ number, bob, caller });
    };
  },
  "the callee answers": answers(),
  "the callee answers, past the core": answers(DIRECT),
  "both talk": talks(),
  "both talk, past the core": talks(DIRECT),
  "the callee hangs up": async () => {
    const talking = await talk();
    return async () => {
      await talking.callee.hangup();
      return () => expectEnd(talking, ["answered"]);
    };
  },
  "the caller hangs up": async () => {
    const { caller, callee } = await talk();
    return async () => {
      await caller.hangup();
      return () => callee.ended(LIMIT_MS);
    };
  },
  "the caller gives up": async () => {
    const { caller, callee } = await ring();
    return async () => {
      await caller.hangup();
      return async () => expect(await callee.ended(LIMIT_MS)).toMatchObject({ by: "them" });
    };
  },
  "the callee refuses": async () => {
    const ringing = await ring();
    return async () => {
      ringing.callee.refuse(486);
      // Why is lost when we have been told, and die before we have read it.
      return () => expectEnd(ringing, ["busy", "dialout"]);
    };
  },
  "the first phone of an agent refuses": async () => {
    const [desk, mobile] = [await lab.phone({ user: "desk" }), await lab.phone({ user: "mobile" })];
    const addresses = [sip(desk), sip(mobile)];
    const { id } = await lab.api.post("/agents", { name: "Ann", addresses, ring_method: "linear" });
    const call = { type: "agent_call", option: { agent_id: id } };
    const { ringing, goesOn } = await ringFirst(desk, mobile, call);
    return async () => {
      ringing.callee.refuse(486);
      return goesOn;
    };
  },
  "the first carrier refuses": async () => {
    const target = `+4930123${100 + ++carriers}`;
    const phones = [await lab.phone({ user: "carrier" }), await lab.phone({ user: "carrier" })] as const;
    for (const [priority, { address }] of phones.entries()) {
      await lab.api.post("/trunks", { name: "carrier", host: address, prefixes: [target], priority });
    }
    const connect = { type: "connect", option: { destinations: [{ type: "tel", target }] } };
    const { ringing, goesOn } = await ringFirst(...phones, connect);
    return async () => {
      ringing.callee.refuse(503);
      return goesOn;
    };
  },
};

testKills("whatever happens in the instant of a crash, nobody is left alone", { lab, moments: MOMENTS, ofEach: 2 }, [
  { seed: 11, again: false },
  { seed: 4_711, again: true },
  { seed: 90_210, again: false },
]);
