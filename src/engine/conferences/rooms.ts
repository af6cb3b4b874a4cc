import type { Confbridge } from "../../model/confbridge.ts";
import type { Guest } from "./guest.ts";
import { createRoom, type Room } from "./room.ts";
import type { ConferenceServices } from "./services.ts";

export type Rooms = ReturnType<typeof createRooms>;

/** The rooms that something happens in; others are only stored. */
export function createRooms(services: ConferenceServices) {
  const { storage, clock, background } = services;
  const rooms = new Map<string, Room>();

  function of(confbridgeId: string): Room {
    const room = rooms.get(confbridgeId) ?? createRoom(confbridgeId, { ...services, end: endAlone });
    rooms.set(confbridgeId, room);
    return room;
  }

  /** Does something in a turn of a room, and forgets the room when nobody is left. */
  async function use<T>(confbridgeId: string, work: (room: Room) => Promise<T>): Promise<T> {
    const room = of(confbridgeId);
    try {
      return await room.inTurn(() => work(room));
    } finally {
      if (room.isIdle && rooms.get(confbridgeId) === room) rooms.delete(confbridgeId);
    }
  }

  /**
   * Stores that it ends, then lets everybody go. `ended` resolves when they are out, and that is stored; the confbridge is
   * stored first and last, so that one that was about to end tells of what is left to do.
   */
  async function endInTurn(room: Room, { id, reference_id }: Confbridge): Promise<{ readonly ended: Promise<void> }> {
    await storage.confbridges.save(id, { status: "terminating" });
    if (reference_id !== null) await storage.conferences.save(reference_id, { status: "terminating" });
    const going = [...room.guests.values()];
    await room.empty();
    return { ended: Promise.all(going.map(({ gone }) => gone)).then(() => storeEnd(id, reference_id)) };
  }

  async function storeEnd(confbridgeId: string, conferenceId: string | null): Promise<void> {
    const end = { status: "terminated", tm_end: new Date(clock.now()).toISOString() } as const;
    if (conferenceId !== null) await storage.conferences.save(conferenceId, end);
    await storage.confbridges.save(confbridgeId, end);
  }

  const endAlone = async (room: Room, confbridge: Confbridge): Promise<void> =>
    background((await endInTurn(room, confbridge)).ended);

  return {
    use,
    /** Lets everybody go and closes it, unless it has ended; resolves when that is done. */
    async end(confbridgeId: string): Promise<void> {
      const ending = await use(confbridgeId, async (room) => {
        const confbridge = await storage.confbridges.get(confbridgeId);
        return confbridge && confbridge.status !== "terminated" ? endInTurn(room, confbridge) : undefined;
      });
      await ending?.ended;
    },
    /** The confbridges that something happens in. */
    ids: (): readonly string[] => [...rooms.keys()],
    /** Whether a call is in it, or about to be. */
    isAttended: (confbridgeId: string): boolean => (rooms.get(confbridgeId)?.guests.size ?? 0) > 0,
    /** The call that this record is of, if its flow waits to come out. */
    guest: (conferencecallId: string): Guest | undefined =>
      [...rooms.values()]
        .flatMap(({ guests }) => [...guests.values()])
        .find((guest) => guest.conferencecallId === conferencecallId),
  };
}
