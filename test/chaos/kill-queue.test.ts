import { expect } from "vitest";
import { heardMs, prompt } from "../integration/actions/support.ts";
import type { Call } from "../support/call.ts";
import { makeQueue, type TestAgent, type TestQueue } from "../support/call-centre.ts";
import { eventually } from "../support/eventually.ts";
import { startLab } from "../support/lab.ts";
import type { RingingCall } from "../support/phone.ts";
import { tone } from "../support/tones.ts";
import { ahead, isHeard, LIMIT_MS, type Moment, testKills } from "./support.ts";

/** What `kill -9` in the instant of something leaves of a queue: nobody is forgotten, and no agent is busy for nobody. */
const lab = await startLab();
const [CALLER, AGENT, AFTER] = [440, 620, 850];
const TALK_MS = 8_000;
const [SERVICE_MS, WRAP_UP_MS] = [1_500, 1_000];
/** Until what a phone did is known. */
const NEWS_MS = 60;
const wait_flow_id = await lab.flow([{ type: "sleep", option: { duration: 60_000 } }]);

type Place = { readonly queue: TestQueue; readonly anna: TestAgent };
type Waiting = Place & { readonly caller: Call };
type Ringing = Waiting & { readonly callee: RingingCall };

const place = async (options: object = {}): Promise<Place> => {
  const queue = await makeQueue(lab, { wait_flow_id, ...options });
  return { queue, anna: await queue.agent({ phone: await lab.phone({ user: "agent" }) }) };
};
const arrive = (queue: TestQueue) => lab.call([{ type: "answer" }, queue.join, prompt(lab, AFTER)]);
const ring = async (options?: object): Promise<Ringing> => {
  const { queue, anna } = await place(options);
  const caller = await arrive(queue);
  const callee = await anna.phone.rings();
  callee.ring();
  return { queue, anna, caller, callee };
};
const talk = async (options?: object): Promise<Ringing> => {
  const talking = await ring(options);
  talking.callee.answer();
  await expectTalk(talking);
  return talking;
};

const expectTalk = async ({ caller, callee }: Ringing): Promise<void> => {
  await Promise.all([isHeard(caller, callee, CALLER), isHeard(callee, caller, AGENT)]);
};
/** The caller's flow goes on, the agent is free, and its phone is silent. */
const expectServed = async ({ queue, anna, caller }: Waiting): Promise<void> => {
  await caller.heard(AFTER, LIMIT_MS);
  await caller.ended(LIMIT_MS);
  await expectEnd(queue, "done");
  await expectFreedom(anna);
};
const expectEnd = (queue: TestQueue, status: string) =>
  eventually(`a caller who is ${status}`, async () => {
    const callers = await queue.callers();
    if (callers[0]?.status !== status) throw new Error(JSON.stringify(callers));
    return true;
  });
const expectFreedom = async (anna: TestAgent): Promise<void> => {
  await eventually("the agent's freedom", async () => (await anna.status()) === "available");
  await expect(anna.phone.rings(0)).rejects.toThrow();
};
/** Killed after its phone was silenced and before it was stored as away, the agent has been rung once more. */
const expectWithdrawal = async ({ queue, anna }: Place): Promise<void> => {
  await queue.caller("waiting");
  const rungAgain = await anna.phone.rings(0).catch(() => undefined);
  await rungAgain?.ended(LIMIT_MS);
};
const expectAfterTalk = async (talking: Ringing): Promise<void> => {
  await expectTalk(talking);
  await talking.callee.hangup();
  await expectServed(talking);
};
const expectService = async (waiting: Waiting): Promise<void> => {
  const callee = await waiting.anna.phone.rings(LIMIT_MS);
  callee.answer();
  await expectAfterTalk({ ...waiting, callee });
};

const MOMENTS: Readonly<Record<string, Moment>> = {
  "somebody calls": async () => {
    const { queue, anna } = await place();
    return async () => {
      const caller = await arrive(queue).catch(() => undefined);
      return async () => caller && expectService({ queue, anna, caller });
    };
  },
  "the agent comes": async () => {
    const { queue, anna } = await place();
    await anna.set("away");
    const caller = await arrive(queue);
    await queue.waiting(1);
    return async () => {
      await anna.set("available").catch(() => undefined);
      return async () => {
        if ((await anna.status()) === "away") await anna.set("available");
        await expectService({ queue, anna, caller });
      };
    };
  },
  "the agent answers": async () => {
    const ringing = await ring();
    return async () => {
      ringing.callee.answer();
      return () => expectAfterTalk(ringing);
    };
  },
  "the agent refuses": async () => {
    const ringing = await ring();
    return async () => {
      ringing.callee.refuse(486);
      return () => expectService(ringing);
    };
  },
  "the agent goes away while its phone rings": async () => {
    const ringing = await ring();
    const { anna, callee } = ringing;
    return async () => {
      await anna.set("away").catch(() => undefined);
      return async () => {
        await anna.set("away");
        expect(await callee.ended(LIMIT_MS)).toMatchObject({ by: "them" });
        await expectWithdrawal(ringing);
        await anna.set("available");
        await expectService(ringing);
      };
    };
  },
  "the caller gives up": async () => {
    const { queue, anna, caller, callee } = await ring();
    return async () => {
      await caller.hangup();
      return async () => {
        expect(await callee.ended(LIMIT_MS)).toMatchObject({ by: "them" });
        await expectEnd(queue, "abandoned");
        await expectFreedom(anna);
      };
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
  "a talk's time is up": async () => {
    const ringing = await ring({ service_timeout: SERVICE_MS });
    return ahead(SERVICE_MS + NEWS_MS, async () => {
      ringing.callee.answer();
      return async () => {
        await expectServed(ringing);
        expect(await ringing.callee.ended()).toMatchObject({ by: "them" });
        expect(await ringing.queue.caller("done")).toMatchObject({ end_reason: "service_timeout" });
      };
    });
  },
  "an agent is left in peace for long enough": async () => {
    const talking = await talk({ wrap_up_time: WRAP_UP_MS });
    const caller = await arrive(talking.queue);
    await talking.queue.waiting(1);
    return ahead(WRAP_UP_MS + NEWS_MS, async () => {
      await talking.callee.hangup();
      return async () => {
        await talking.caller.heard(AFTER, LIMIT_MS);
        await expectService({ ...talking, caller });
      };
    });
  },
  "the agent hangs up": async () => {
    const talking = await talk();
    return async () => {
      await talking.callee.hangup();
      return () => expectServed(talking);
    };
  },
  "the caller hangs up": async () => {
    const { queue, anna, caller, callee } = await talk();
    return async () => {
      await caller.hangup();
      return async () => {
        expect(await callee.ended(LIMIT_MS)).toMatchObject({ by: "them" });
        await expectEnd(queue, "done");
        await expectFreedom(anna);
      };
    };
  },
};

testKills("whatever happens in a queue in the instant of a crash, it goes on", { lab, moments: MOMENTS }, [
  { seed: 7, again: false },
  { seed: 815, again: true },
]);
