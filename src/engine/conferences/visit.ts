/**
 * The stay of one call in a confbridge.
 *
 * 1. Each stage is stored before it begins: joining, joined, leaving, leaved. Run again after a crash, a visit goes on
 *    from the stage that is stored: a call that had to leave does, one that was out does not come back.
 * 2. However it ends, the call is out of the bridge and the record says so before the flow goes on.
 */
import type { Conferencecall, LeaveReason } from "../../model/conferencecall.ts";
import type { TimelineEntry } from "../../model/timeline.ts";
import type { CallScope } from "../call-scope.ts";
import { unlessHungUp } from "../hangup-news.ts";
import { openConfbridge } from "./admission.ts";
import { createGuest, type Guest } from "./guest.ts";
import type { Room } from "./room.ts";
import type { Rooms } from "./rooms.ts";
import type { ConferenceServices } from "./services.ts";

export type Visit = {
  /** The same when the step runs again. */
  readonly conferencecallId: string;
  readonly confbridgeId: string;
  readonly activeflowId: string;
  readonly scope: CallScope;
  /** Aborts when the step has to end. */
  readonly signal: AbortSignal;
};

type Parts = Visit & { readonly rooms: Rooms; readonly services: ConferenceServices };

/** Puts the call in, and resolves with why it is out again. @throws ConferencingError when it may not get in. */
export async function visit(parts: Parts): Promise<LeaveReason> {
  const { services, conferencecallId, scope, signal } = parts;
  const before = await services.storage.conferencecalls.get(conferencecallId);
  if (before?.status === "leaved") return before.leave_reason ?? "ended";
  const record = before ?? (await arrive(parts));
  const guest = createGuest(conferencecallId, scope);
  try {
    await parts.rooms.use(parts.confbridgeId, (room) => enter(parts, room, guest));
    const why = await guest.untilDeparture(signal);
    await leave(parts, guest, record, why);
    return why;
  } catch (error) {
    const interrupted = signal.aborted ? "interrupted" : "failed";
    await leave(parts, guest, record, scope.signal.aborted ? "hangup" : interrupted);
    throw error;
  } finally {
    guest.hasGone();
  }
}

/** Stores that the call is coming, if it may. A phone that still rings is nobody whom a conference could hear. */
async function arrive({ services, conferencecallId, confbridgeId, activeflowId, scope, signal }: Parts) {
  const { id, customer_id } = scope.call;
  const confbridge = await openConfbridge(services, confbridgeId, customer_id);
  if (confbridge.type === "conference") await scope.reached(signal);
  const now = new Date(services.clock.now()).toISOString();
  const record: Conferencecall = {
    id: conferencecallId,
    customer_id,
    conference_id: confbridge.reference_id,
    confbridge_id: confbridgeId,
    activeflow_id: activeflowId,
    reference_type: "call",
    reference_id: id,
    status: "joining",
    muted: false,
    leave_reason: null,
    tm_joined: null,
    tm_leaved: null,
    tm_create: now,
    tm_update: now,
  };
  await services.storage.conferencecalls.create(record, []);
  return record;
}

/** In a turn of the room, like all that is asked of the guest. What has ended meanwhile lets the guest go instead. */
async function enter({ services, rooms, scope, conferencecallId }: Parts, room: Room, guest: Guest) {
  const { storage, clock } = services;
  const record = await storage.conferencecalls.get(conferencecallId);
  if (!record || record.status === "leaving") guest.depart(record?.leave_reason ?? "ended");
  const confbridge = await storage.confbridges.get(room.confbridgeId);
  if (!record || confbridge?.status !== "progressing") return guest.depart("ended");
  const { channel_id } = scope.call;
  room.guests.set(channel_id, guest);
  if (confbridge.type === "conference") await room.answer(guest);
  // Not cut short by an interruption: what is half done could come to be after it was undone.
  await unlessHungUp(scope, room.enter(channel_id, scope.signal));
  await room.mute(scope, record.muted);
  if (record.status === "joining") {
    const now = new Date(clock.now()).toISOString();
    const joined = { status: "joined", tm_joined: now, tm_update: now } as const;
    await storage.conferencecalls.save(record.id, joined, [factOf(record, "conference_joined", now)]);
    await begin(services, confbridge.reference_id);
  }
  await room.settle();
  if (scope.call.status !== "progressing") services.background(settleWhenAnswered(rooms, room, scope));
}

/** The first who comes makes a conference begin. */
async function begin({ storage }: ConferenceServices, conferenceId: string | null): Promise<void> {
  if (conferenceId === null) return;
  const conference = await storage.conferences.get(conferenceId);
  if (conference?.status === "starting") await storage.conferences.save(conferenceId, { status: "progressing" });
}

async function settleWhenAnswered(rooms: Rooms, { confbridgeId }: Room, scope: CallScope): Promise<void> {
  const answered = () => (scope.call.status === "progressing" ? true : undefined);
  const isAnswered = await scope.changes.until(answered, scope.signal).catch(() => false);
  if (isAnswered) await rooms.use(confbridgeId, (room) => room.settle());
}

async function leave(
  { services, rooms, confbridgeId, scope }: Parts,
  guest: Guest,
  record: Conferencecall,
  why: LeaveReason,
) {
  const { storage, clock, log, background } = services;
  const now = () => new Date(clock.now()).toISOString();
  const { channel_id } = scope.call;
  if (!scope.signal.aborted) {
    await storage.conferencecalls.save(record.id, { status: "leaving", leave_reason: why, tm_update: now() }, []);
  }
  const out = rooms
    .use(confbridgeId, async (room) => {
      if (room.guests.get(channel_id) === guest) room.guests.delete(channel_id);
      await room.leave(guest).finally(room.settle);
    })
    .catch((error) => {
      log.warn({ err: error, call_id: scope.call.id }, "a call may not be out of its conference");
    });
  // Who has hung up is out already; the others need not be waited for.
  if (scope.signal.aborted) background(out);
  else await out;
  const left = { status: "leaved", leave_reason: why, tm_leaved: now(), tm_update: now() } as const;
  await storage.conferencecalls.save(record.id, left, [factOf(record, "conference_left", now(), { why })]);
}

/** What the timeline of the call tells. */
export const factOf = (
  { id, conference_id, confbridge_id, activeflow_id, reference_id }: Conferencecall,
  type: "conference_joined" | "conference_left",
  at: string,
  more: Readonly<Record<string, unknown>> = {},
): TimelineEntry => ({
  at,
  type,
  activeflow_id,
  call_id: reference_id,
  data: { conferencecall_id: id, conference_id, confbridge_id, ...more },
});
