import { expect, test } from "vitest";
import { aftermathOf, heardMs, prompt } from "../integration/actions/support.ts";
import { sip } from "../support/addresses.ts";
import type { Call } from "../support/call.ts";
import { startLab } from "../support/lab.ts";
import type { Phone, RingingCall } from "../support/phone.ts";
import { seeded } from "../support/seeded.ts";
import { tone } from "../support/tones.ts";
import { isHeard, killAmong, LIMIT_MS, type Moment } from "./support.ts";

const lab = await startLab();
const [CALLER, CALLEE, AFTER] = [440, 620, 850];
const TALK_MS = 8_000;

type Pair = { readonly number: string; readonly bob: Phone };
type Ringing = Pair & { readonly caller: Call; readonly callee: RingingCall };

const pair = async (): Promise<Pair> => {
  const bob = await lab.phone({ user: "bob" });
  const connect = { type: "connect", option: { destinations: [sip(bob)] } };
  return { number: await lab.route([connect, prompt(lab, AFTER)]), bob };
};
const ring = async (): Promise<Ringing> => {
  const { number, bob } = await pair();
  const caller = await lab.dial(number);
  const callee = await bob.rings();
  callee.ring();
  await caller.progressed();
  return { number, bob, caller, callee };
};
const talk = async (): Promise<Ringing> => {
  const talking = await ring();
  talking.callee.answer();
  await expectTalk(talking);
  return talking;
};

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

const MOMENTS: Readonly<Record<string, Moment>> = {
  "the caller dials": async () => {
    const { number, bob } = await pair();
    return async () => {
      const caller = await lab.dial(number);
      return async () => {
        const callee = await bob.rings(LIMIT_MS);
        callee.answer();
        await expectAfterTalk({ number, bob, caller, callee });
      };
    };
  },
  "the callee answers": async () => {
    const ringing = await ring();
    return async () => {
      ringing.callee.answer();
      return () => expectAfterTalk(ringing);
    };
  },
  "both talk": async () => {
    const talking = await talk();
    const { caller, callee } = talking;
    const said = Promise.all([caller.say(tone(1100, TALK_MS)), callee.say(tone(1400, TALK_MS))]);
    return async () => async () => {
      await said;
      expect(heardMs(callee, 1100)).toBeGreaterThan(TALK_MS * 0.9);
      expect(heardMs(caller, 1400)).toBeGreaterThan(TALK_MS * 0.9);
      await expectAfterTalk(talking);
    };
  },
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
};

const KILLS = [
  { seed: 11, again: false },
  { seed: 4_711, again: true },
  { seed: 90_210, again: false },
] as const;
const PAIRS_OF_EACH = 2;

test.each(KILLS)(
  "whatever happens in the instant of a crash, nobody is left alone (seed $seed, killed again: $again)",
  async ({ seed, again }) => {
    const random = seeded(seed);
    const moments = Object.values(MOMENTS).flatMap((moment) => Array<Moment>(PAIRS_OF_EACH).fill(moment));
    const ready = await Promise.all(moments.map((moment) => moment()));
    await killAmong(lab, ready, { random, again });
  },
  90_000,
);
