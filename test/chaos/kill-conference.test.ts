import { expect } from "vitest";
import { aftermathOf, prompt } from "../integration/actions/support.ts";
import type { Call } from "../support/call.ts";
import { choirOf, hears, hearsMusic, sing } from "../support/chords.ts";
import { eventually } from "../support/eventually.ts";
import { type FlowAction, startLab } from "../support/lab.ts";
import { gate } from "./gate.ts";
import { LIMIT_MS, type Moment, testKills } from "./support.ts";

/** What `kill -9` in the instant of something leaves of a conference: who is in hears the others, who is out goes on. */
const lab = await startLab();
const [A, B, C, AFTER, AFTERWARDS] = [440, 620, 850, 1_400, 1_700] as const;
const choir = choirOf(A, B, C);
const post_flow_id = await lab.flow([prompt(lab, AFTER)]);

type Member = Call & { readonly number: string; readonly stay: () => Promise<Readonly<Record<string, unknown>>> };

/** Conferences have the flow after them; confbridges none. */
async function room(kind: "conferences" | "confbridges", fields: object) {
  const { id } = await lab.api.post(`/${kind}`, fields);
  const action = { conferences: "conference_join", confbridges: "confbridge_join" }[kind];
  const join: FlowAction = {
    type: action,
    option: { [kind === "conferences" ? "conference_id" : "confbridge_id"]: id },
  };
  const path = `/${kind}/${id}`;
  async function call(before: readonly FlowAction[], frequency: number): Promise<Member> {
    const made = await lab.call([{ type: "answer" }, ...before, prompt(lab, AFTERWARDS)]);
    await made.answered();
    sing(made, choir, frequency);
    const stay = async () => {
      const [found] = await lab.api.list(`/conferencecalls?reference_id=${(await lab.recordOf(made.number)).id}`);
      if (!found) throw new Error("it has not been there");
      return found;
    };
    return { ...made, stay };
  }
  return {
    shown: async () => Object(await lab.api.get(path)),
    path,
    join,
    /** A call that waits before it, and comes in when the gate is opened. */
    async callAtGate(frequency: number) {
      const one = gate(lab, join);
      const member = await call([one.fetch], frequency);
      await one.reached();
      return { ...one, member };
    },
    async enter(frequency: number): Promise<Member> {
      const member = await call([join], frequency);
      await eventually("its stay", async () => (await member.stay()).status === "joined");
      return member;
    },
  };
}
const conference = (fields: object = {}) => room("conferences", { name: "test", post_flow_id, ...fields });

const hearEachOther = (...members: readonly (readonly [Call, number])[]) =>
  Promise.all(
    members.map(([call]) =>
      hears(
        call,
        choir,
        members.filter(([other]) => other !== call).map(([, frequency]) => frequency),
      ),
    ),
  );
/** Each has been in once, and is out for this reason; who has not hung up has heard the flows after it. */
const expectLeft = async (leave_reason: string, ...members: readonly Member[]): Promise<void> => {
  for (const member of members) {
    if (leave_reason !== "hangup") await member.heard(AFTER, LIMIT_MS);
    if (leave_reason !== "hangup") await member.heard(AFTERWARDS, LIMIT_MS);
    await member.ended();
    const { facts } = await aftermathOf(lab, member.number);
    expect(facts("conference_joined")).toHaveLength(1);
    await eventually("its departure", async () => {
      expect(await member.stay()).toMatchObject({ status: "leaved", leave_reason });
      return true;
    });
  }
};
const request = (method: string, path: string) => lab.api.request(method, path).catch(() => undefined);

const MOMENTS: Readonly<Record<string, Moment>> = {
  "somebody comes to one who is alone": async () => {
    const { enter, callAtGate } = await conference();
    const first = await enter(A);
    const { member: second, open } = await callAtGate(B);
    return async () => {
      open();
      return async () => {
        await hearEachOther([first, A], [second, B]);
        await second.hangup();
        await expectLeft("hangup", second);
        await hearsMusic(first);
        await first.hangup();
      };
    };
  },
  "somebody comes first": async () => {
    const { enter, callAtGate, shown } = await conference();
    const { member: first, open } = await callAtGate(A);
    return async () => {
      open();
      return async () => {
        await hearsMusic(first);
        const second = await enter(B);
        await hearEachOther([first, A], [second, B]);
        expect(await shown()).toMatchObject({ status: "progressing" });
        await Promise.all([first.hangup(), second.hangup()]);
        await expectLeft("hangup", first, second);
      };
    };
  },
  "one of three hangs up": async () => {
    const { enter } = await conference();
    const [first, second, third] = [await enter(A), await enter(B), await enter(C)];
    return async () => {
      await second.hangup();
      return async () => {
        await hearEachOther([first, A], [third, C]);
        await expectLeft("hangup", second);
        await Promise.all([first.hangup(), third.hangup()]);
      };
    };
  },
  "one of two hangs up": async () => {
    const { enter } = await conference();
    const [first, second] = [await enter(A), await enter(B)];
    return async () => {
      await second.hangup();
      return async () => {
        await hearsMusic(first);
        await first.hangup();
        await expectLeft("hangup", first, second);
      };
    };
  },
  "one is taken out": async () => {
    const { enter } = await conference();
    const [first, second, third] = [await enter(A), await enter(B), await enter(C)];
    const { id } = await third.stay();
    return async () => {
      await request("DELETE", `/conferencecalls/${id}`);
      return async () => {
        // Not asked before the crash, it is asked now.
        await request("DELETE", `/conferencecalls/${id}`);
        await expectLeft("kicked", third);
        await hearEachOther([first, A], [second, B]);
        await Promise.all([first.hangup(), second.hangup()]);
      };
    };
  },
  "one is muted in a conference that is locked": async () => {
    const { enter, path, join } = await conference();
    const [first, second, third] = [await enter(A), await enter(B), await enter(C)];
    await lab.api.request("PUT", path, { locked: true });
    const mute = `/conferencecalls/${(await third.stay()).id}/mute`;
    return async () => {
      const answered = await request("POST", mute);
      return async () => {
        if (answered) expect(await third.stay()).toMatchObject({ muted: true });
        await request("POST", mute);
        await Promise.all([hears(first, choir, [B]), hears(second, choir, [A]), hears(third, choir, [A, B])]);
        const late = await lab.call([{ type: "answer" }, join, prompt(lab, AFTERWARDS)]);
        await late.heard(AFTERWARDS);
        expect(await request("DELETE", mute)).toMatchObject({ status: 200 });
        await hearEachOther([first, A], [second, B], [third, C]);
        await Promise.all([first, second, third].map((call) => call.hangup()));
      };
    };
  },
  "it ends": async () => {
    const { enter, path } = await conference();
    const members = [await enter(A), await enter(B), await enter(C)];
    return async () => {
      await request("DELETE", path);
      return async () => {
        await request("DELETE", path);
        await expectLeft("ended", ...members);
        expect(await request("GET", path)).toMatchObject({ status: 404 });
      };
    };
  },
  "the second comes to a pair": async () => {
    const { enter, callAtGate } = await room("confbridges", { type: "connect" });
    const first = await enter(A);
    const { member: second, open } = await callAtGate(B);
    return async () => {
      open();
      return async () => {
        await hearEachOther([first, A], [second, B]);
        // They have heard each other all the time, whether we knew of them or not.
        await eventually("its stay", async () => (await second.stay()).status === "joined");
        await second.hangup();
        await first.heard(AFTERWARDS, LIMIT_MS);
        await first.ended();
        expect(await first.stay()).toMatchObject({ status: "leaved", leave_reason: "ended" });
      };
    };
  },
  "one of a pair hangs up": async () => {
    const { enter } = await room("confbridges", { type: "connect" });
    const [first, second] = [await enter(A), await enter(B)];
    await hearEachOther([first, A], [second, B]);
    return async () => {
      await second.hangup();
      return async () => {
        await first.heard(AFTERWARDS, LIMIT_MS);
        await first.ended();
        expect(await first.stay()).toMatchObject({ status: "leaved", leave_reason: "ended" });
      };
    };
  },
};

testKills("whatever happens in conferences in the instant of a crash, they go on", { lab, moments: MOMENTS }, [
  { seed: 31, again: false },
  { seed: 2_718, again: true },
]);
