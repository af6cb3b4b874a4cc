/** Where calls hear each other: what steps and requests ask of conferences, and how they come right after a crash. */
import { BRIDGE_PREFIX } from "../../model/confbridge.ts";
import type { Conferencecall } from "../../model/conferencecall.ts";
import type { ConferenceControl } from "../../ports/conference-control.ts";
import type { Conferencing } from "../../ports/conferencing.ts";
import type { StepOfCall } from "../active-flows.ts";
import { memoOf } from "../run-state.ts";
import { openConference } from "./admission.ts";
import { createRooms } from "./rooms.ts";
import type { ConferenceServices } from "./services.ts";
import { createTimeouts } from "./timeouts.ts";
import { factOf, visit } from "./visit.ts";

/** Key of the memo of a join step: the id of its record. */
const CONFERENCECALL = "conferencecall";

type Services = ConferenceServices & {
  /** What the step remembers under this key that the run of a live call is at. */
  readonly recall: (callId: string, key: string) => unknown;
};

export type Conferences = ReturnType<typeof createConferences>;

export function createConferences(services: Services) {
  const { storage, telephony, clock, ids, closing } = services;
  const rooms = createRooms(services);
  const timeouts = createTimeouts(services, rooms);
  /** Records of visits that run in this process, which close them themselves. */
  const running = new Set<string>();

  /** The conferences of a call's customer, for one step. */
  const portFor = ({ scope, state, step, signal }: StepOfCall): Conferencing => ({
    find: (id) => openConference(services, id, scope.call.customer_id),
    async join(confbridgeId) {
      const conferencecallId = await memoOf(state, step.id)(CONFERENCECALL, ids.next);
      const activeflowId = state.record.id;
      running.add(conferencecallId);
      return visit({ rooms, services, conferencecallId, confbridgeId, activeflowId, scope, signal }).finally(() =>
        running.delete(conferencecallId),
      );
    },
  });

  const control: ConferenceControl = {
    async changed(id) {
      const conference = await storage.conferences.get(id);
      if (conference) timeouts.watch(conference);
    },
    end: rooms.end,
    async kick(id) {
      const record = await storage.conferencecalls.get(id);
      if (!record) return;
      const guest = await rooms.use(record.confbridge_id, async () => {
        const known = rooms.guest(id);
        if (known) known.depart("kicked");
        else await storeDeparture(id);
        return known;
      });
      await guest?.gone;
    },
    async setMuted(id, muted) {
      const record = await storage.conferencecalls.get(id);
      if (!record) return;
      await rooms.use(record.confbridge_id, async (room) => {
        const store = () => storage.conferencecalls.save(id, { muted, tm_update: now() }, []);
        const scope = rooms.guest(id)?.scope;
        // It is stored before it is, and that it is no more after it: the step that runs again makes it so.
        if (muted) await store();
        if (scope) await room.mute(scope, muted);
        if (!muted) await store();
      });
    },
  };

  /** For a step that has not begun again yet: it finds that it has to leave. */
  async function storeDeparture(id: string): Promise<void> {
    const record = await storage.conferencecalls.get(id);
    if (!record || record.status === "leaved") return;
    await storage.conferencecalls.save(id, { status: "leaving", leave_reason: "kicked", tm_update: now() }, []);
  }

  /** Whether the call's flow is where it joins, or will be when it goes on. */
  const isReal = ({ id, reference_id }: Conferencecall) =>
    running.has(id) || services.recall(reference_id, CONFERENCECALL) === id;

  /** Closes the records of calls that have ended, or gone on, while nobody was there. */
  async function closeRecords(): Promise<readonly Conferencecall[]> {
    const closed = (await storage.conferencecalls.present()).filter((record) => !isReal(record));
    for (const record of closed) {
      const why = record.leave_reason ?? "hangup";
      const left = { status: "leaved", leave_reason: why, tm_leaved: now(), tm_update: now() } as const;
      await storage.conferencecalls.save(record.id, left, [factOf(record, "conference_left", now(), { why })]);
    }
    return closed;
  }

  const now = () => new Date(clock.now()).toISOString();

  return {
    portFor,
    control,
    isAttended: rooms.isAttended,
    /** Takes up what an earlier process left: conferences that have to end in time. */
    async restore(): Promise<void> {
      for (const conference of await storage.conferences.live()) timeouts.watch(conference);
    },
    /** Compares what we think with what the switch says, each time that it has become reachable. */
    async reconcile(): Promise<void> {
      const closed = await closeRecords();
      for (const { id } of await storage.confbridges.ending()) await rooms.end(id);
      const bridges = (await telephony.servants(closing)).filter((id) => id.startsWith(BRIDGE_PREFIX));
      const left = [
        ...bridges.map((id) => id.slice(BRIDGE_PREFIX.length)),
        ...closed.map((each) => each.confbridge_id),
      ];
      for (const id of new Set([...left, ...rooms.ids()])) {
        await rooms.use(id, (room) => room.settle());
      }
    },
    /** News of the switch may have been lost: looks again at every conference that somebody is in. */
    async lookAgain(): Promise<void> {
      for (const id of rooms.ids()) await rooms.use(id, (room) => room.settle());
    },
  };
}
