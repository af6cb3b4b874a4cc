/**
 * One confbridge as it is in the switch.
 *
 * 1. What changes it takes turns, so that everybody who looks sees it settled.
 * 2. Who is in it is asked of the switch each time; memory holds only whom to tell that they have to go.
 * 3. To settle it may be repeated at any time: what is right already stays as it is.
 */
import { bridgeIdOf, type Confbridge, isOfConfbridge } from "../../model/confbridge.ts";
import type { CallScope } from "../call-scope.ts";
import type { StepSound } from "../call-sound.ts";
import { unlessLeaving } from "../hangup-news.ts";
import type { Guest } from "./guest.ts";
import type { ConferenceServices } from "./services.ts";

export type Room = ReturnType<typeof createRoom>;

type Services = ConferenceServices & {
  /** Ends the confbridge, in a turn of its room. */
  readonly end: (room: Room, confbridge: Confbridge) => Promise<void>;
};

export function createRoom(confbridgeId: string, services: Services) {
  const { storage, bridges, sounds, callOn, telephony, clock, log, closing } = services;
  const bridgeId = bridgeIdOf(confbridgeId);
  const guests = new Map<string, Guest>();
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    waiting += 1;
    const turn = last.then(work).finally(() => {
      waiting -= 1;
    });
    last = turn.catch(() => undefined);
    return turn;
  }

  /** Makes everybody in it hear what they should, as many as there are now. In a turn. Reports its failures. */
  async function settle(): Promise<void> {
    try {
      const present = await bridges.members(bridgeId, closing);
      const members = present.filter((id) => !isOfConfbridge(confbridgeId, id));
      const confbridge = await storage.confbridges.get(confbridgeId);
      if (confbridge?.status !== "progressing") await (members.length > 0 ? empty() : undefined);
      else if (confbridge.type === "connect") await settlePair(confbridge, members);
      else for (const member of members) await letHear(member, members.length === 1 ? "music" : "nothing");
      if (members.length === 0 && guests.size === 0) await bridges.close(bridgeId);
    } catch (error) {
      if (closing.aborted) return;
      log.warn(
        { err: error, confbridge_id: confbridgeId },
        "a conference could not be settled, it will be tried again",
      );
    }
  }

  /** The first hears ringing; the second answers both; when one is left, it ends. */
  async function settlePair(confbridge: Confbridge, members: readonly string[]): Promise<void> {
    const reached = members.filter((member) => !isStillRung(guests.get(member)));
    if (reached.length < 2 && confbridge.tm_connect !== null) return services.end(room, confbridge);
    if (reached.length < 2) {
      for (const member of reached) await letHear(member, "ringing");
      return;
    }
    if (confbridge.tm_connect === null) {
      await storage.confbridges.save(confbridgeId, { tm_connect: new Date(clock.now()).toISOString() });
    }
    for (const member of reached) await letHear(member, "nothing");
    for (const guest of guests.values()) await answer(guest);
  }

  /** What it hears until somebody else comes. */
  async function letHear(channelId: string, waitingSound: StepSound): Promise<void> {
    const scope = callOn(channelId);
    if (scope) await unlessLeaving(scope, sounds.stepHears(scope, waitingSound));
  }

  /** Answers whoever called; who is called answers for themselves. */
  async function answer({ scope }: Guest): Promise<void> {
    const { direction, status, channel_id } = scope.call;
    if (direction !== "incoming" || status === "progressing") return;
    await unlessLeaving(scope, telephony.answer(channel_id, scope.signal).then(scope.answered));
  }

  /** Lets everybody go. */
  async function empty(): Promise<void> {
    for (const guest of guests.values()) guest.depart("ended");
    await bridges.close(bridgeId);
  }

  const room = {
    confbridgeId,
    /** By channel: the calls whose flows wait to come out. */
    guests,
    inTurn,
    settle,
    answer,
    empty,
    /** Puts a channel in. In a turn. */
    async enter(channelId: string, signal: AbortSignal): Promise<void> {
      await bridges.open(bridgeId, signal);
      await bridges.join(bridgeId, [channelId], signal);
    },
    /** Takes a channel out, and leaves it as it was. In a turn. */
    async leave({ scope }: Guest): Promise<void> {
      await bridges.leave(bridgeId, scope.call.channel_id);
      if (scope.signal.aborted) return;
      await unlessLeaving(scope, sounds.stepHears(scope, "nothing"));
      await unlessLeaving(scope, sounds.stepMutes(scope, false));
    },
    mute: (scope: CallScope, muted: boolean): Promise<void> => unlessLeaving(scope, sounds.stepMutes(scope, muted)),
    /** Nobody is in it or about to be. */
    get isIdle(): boolean {
      return guests.size === 0 && waiting === 0;
    },
  };
  return room;
}

/** A call of ours that nobody has answered yet is nobody to talk to. */
const isStillRung = (guest: Guest | undefined): boolean =>
  guest?.scope.call.direction === "outgoing" && guest.scope.call.status !== "progressing";
