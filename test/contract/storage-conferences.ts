import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Conferencecall } from "../../src/model/conferencecall.ts";
import { newConfbridge, newConference } from "../../src/model/new-conference.ts";
import { opener } from "./storage-opened.ts";
import { at, sampleCall, sampleFact } from "./storage-samples.ts";
import type { StorageHarness } from "./storage-suite.ts";

const common = () => ({ id: randomUUID(), customer_id: randomUUID(), tm_create: at(0) });

const sampleConference = (own: Partial<ReturnType<typeof common>> = {}) =>
  newConference(
    { ...common(), ...own, confbridgeId: randomUUID() },
    {
      type: "conference",
      name: "Monday",
      detail: "",
      data: {},
      timeout: 0,
      locked: false,
      pre_flow_id: null,
      post_flow_id: null,
    },
  );

const sampleStay = (changes: Partial<Conferencecall> = {}): Conferencecall => ({
  ...common(),
  conference_id: null,
  confbridge_id: randomUUID(),
  activeflow_id: randomUUID(),
  reference_type: "call",
  reference_id: randomUUID(),
  status: "joining",
  muted: false,
  leave_reason: null,
  tm_joined: null,
  tm_leaved: null,
  tm_update: at(0),
  ...changes,
});

/** Conferences, the confbridges that they own, and who is in them. */
export function conferenceTests(harness: StorageHarness): void {
  describe("conferences", () => {
    const { open } = opener(harness);

    test("a conference comes and goes together with its confbridge", async () => {
      const { conferences, confbridges } = await open();
      const { conference, confbridge } = sampleConference();
      await conferences.create(conference, confbridge);
      expect(await conferences.get(conference.id)).toEqual(conference);
      expect(await confbridges.get(confbridge.id)).toEqual(confbridge);
      expect(await conferences.remove(conference.id, randomUUID())).toBe(false);
      expect(await confbridges.get(confbridge.id)).toEqual(confbridge);
      expect(await conferences.remove(conference.id, conference.customer_id)).toBe(true);
      expect(await conferences.remove(conference.id)).toBe(false);
      expect(await confbridges.get(confbridge.id)).toBeUndefined();
    });

    test("neither is stored when the other can't be", async () => {
      const { conferences, confbridges } = await open();
      const [first, second] = [sampleConference(), sampleConference()];
      await conferences.create(first.conference, first.confbridge);
      const taken = { ...second.conference, id: first.conference.id };
      await expect(conferences.create(taken, second.confbridge)).rejects.toMatchObject({ fault: "conflict" });
      expect(await confbridges.get(second.confbridge.id)).toBeUndefined();
    });

    test("those that have not ended are found, of every customer", async () => {
      const { conferences } = await open();
      const all = [0, 1, 2].map((age) => sampleConference({ tm_create: at(age) }));
      for (const { conference, confbridge } of all) await conferences.create(conference, confbridge);
      const [starting, terminating, terminated] = all.map(({ conference }) => conference);
      await conferences.save(terminating?.id ?? "", { status: "terminating" });
      await conferences.save(terminated?.id ?? "", { status: "terminated" });
      expect((await conferences.live()).map(({ id }) => id)).toEqual([starting?.id, terminating?.id]);
    });

    test("confbridges that are about to end are found; to change one that is gone does nothing", async () => {
      const { confbridges, conferences } = await open();
      const [one, other] = [newConfbridge(common(), "connect"), newConfbridge(common(), "conference")];
      await Promise.all([confbridges.create(one), confbridges.create(other)]);
      await confbridges.save(one.id, { status: "terminating" });
      expect(await confbridges.ending()).toMatchObject([{ id: one.id, type: "connect", status: "terminating" }]);
      await confbridges.save(randomUUID(), { status: "terminating" });
      await conferences.save(randomUUID(), { status: "terminating" });
      expect(await confbridges.ending()).toHaveLength(1);
    });

    test("a stay is kept with what the timeline of its call tells of it", async () => {
      const { calls, conferencecalls, timeline } = await open();
      const call = sampleCall();
      await calls.create(call, []);
      const stay = sampleStay({ reference_id: call.id });
      await conferencecalls.create(stay, []);
      const fact = sampleFact({ call_id: call.id }, { conferencecall_id: stay.id });
      await conferencecalls.save(stay.id, { status: "joined", tm_joined: at(5) }, [fact]);
      expect(await conferencecalls.get(stay.id)).toEqual({ ...stay, status: "joined", tm_joined: at(5) });
      expect(await conferencecalls.get(stay.id, randomUUID())).toBeUndefined();
      expect(await timeline.ofCall(call.id)).toEqual([fact]);
      await expect(conferencecalls.save(randomUUID(), { muted: true }, [])).rejects.toMatchObject({ fault: "unknown" });
    });

    test("who is in and who was in is found, by conference, confbridge, call and status", async () => {
      const { conferencecalls } = await open();
      const customer_id = randomUUID();
      const conference_id = randomUUID();
      const stays = [
        sampleStay({ customer_id, conference_id }),
        sampleStay({ customer_id, conference_id, status: "leaved", tm_create: at(1) }),
        sampleStay({ customer_id, status: "leaving", tm_create: at(2) }),
        sampleStay({ conference_id, tm_create: at(3) }),
      ];
      for (const stay of stays) await conferencecalls.create(stay, []);
      const [first, second, third, foreign] = stays;
      const listed = async (filter: Partial<Conferencecall>) =>
        (await conferencecalls.list(customer_id, { pageSize: 9 }, filter)).result;
      expect(await listed({})).toEqual([third, second, first]);
      expect(await listed({ conference_id })).toEqual([second, first]);
      expect(await listed({ conference_id, status: "joining" })).toEqual([first]);
      expect(await listed({ confbridge_id: third?.confbridge_id ?? "" })).toEqual([third]);
      expect(await listed({ reference_id: second?.reference_id ?? "" })).toEqual([second]);
      expect(await conferencecalls.present()).toEqual([first, third, foreign]);
    });
  });
}
