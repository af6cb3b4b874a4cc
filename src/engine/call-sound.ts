/**
 * What a call hears besides prompts and whoever it is bridged with, and how it is muted. Call control asks for some, the
 * step that its flow is at wants some; what call control asks for lies over what the step wants.
 *
 * 1. Nobody else asks the switch for it; it is told of what results, one change of a call after the other.
 * 2. What call control asks for is in the record of the call. What the step wants is only known here: run again after a
 *    crash, it says so again.
 */
import type { Call } from "../model/call.ts";
import { type Muting, muteAlso, unmute } from "../model/mute.ts";
import type { ChannelSound } from "../ports/channel-sound.ts";
import type { CallScope } from "./call-scope.ts";

export type StepSound = "music" | "ringing" | "nothing";

/** What call control asks for. */
export type Asked = Pick<Call, "on_hold" | "own_sound" | "mute_direction">;

type Heard = StepSound | "silence" | "hold";

type Layers = {
  readonly step: { hears: StepSound; muted: boolean };
  /** As the switch was told last; undefined: not known. */
  heard: Heard | undefined;
  muting: Muting | undefined;
  /** Ends when the last change has been made; undefined: it has. */
  last: Promise<void> | undefined;
};

export type CallSounds = ReturnType<typeof createCallSounds>;

export function createCallSounds(sound: ChannelSound) {
  const known = new WeakMap<CallScope, Layers>();

  function layersOf(scope: CallScope): Layers {
    const layers = known.get(scope) ?? {
      step: { hears: "nothing", muted: false },
      heard: undefined,
      muting: "",
      last: undefined,
    };
    known.set(scope, layers);
    return layers;
  }

  function inTurn(scope: CallScope, work: () => Promise<void>): Promise<void> {
    const layers = layersOf(scope);
    // In this very turn if it may be: who has answered is heard at once.
    const done = layers.last ? layers.last.then(work) : work();
    const over = () => {
      if (layers.last === last) layers.last = undefined;
    };
    const last = done.then(over, over);
    layers.last = last;
    return done;
  }

  async function letHear(scope: CallScope, asked: Asked = scope.call): Promise<void> {
    const layers = layersOf(scope);
    const { heard: from, step } = layers;
    const to = heardBy(asked, step.hears);
    if (from === to) return;
    layers.heard = undefined;
    await stop(scope, from ?? (to === "nothing" ? "unknown" : "nothing"));
    await start(scope, to);
    layers.heard = to;
  }

  async function stop({ call: { channel_id } }: CallScope, heard: Heard | "unknown"): Promise<void> {
    if (heard === "hold") await sound.unhold(channel_id);
    if (heard === "silence") await sound.stopSilence(channel_id);
    if (heard === "music" || heard === "unknown") await sound.stopMusic(channel_id);
    if (heard === "ringing" || heard === "unknown") await sound.stopRinging(channel_id);
  }

  async function start({ call: { channel_id }, signal }: CallScope, heard: Heard): Promise<void> {
    if (heard === "hold") await sound.hold(channel_id, signal);
    if (heard === "silence") await sound.startSilence(channel_id, signal);
    if (heard === "music") await sound.startMusic(channel_id, signal);
    if (heard === "ringing") await sound.startRinging(channel_id, signal);
  }

  async function mute(scope: CallScope, { mute_direction }: Asked = scope.call): Promise<void> {
    const layers = layersOf(scope);
    const { muting: from, step } = layers;
    const to = step.muted ? muteAlso(mute_direction, "in") : mute_direction;
    if (from === to) return;
    layers.muting = undefined;
    const { channel_id } = scope.call;
    const [more, less] = [without(to, from ?? ""), without(from ?? "both", to)];
    if (more !== "") await sound.mute(channel_id, more, scope.signal);
    if (less !== "") await sound.unmute(channel_id, less);
    layers.muting = to;
  }

  return {
    /** Changes of one call are made in the order in which they were asked for. */
    inTurn,
    /** Let it hear, or mute it, as call control asks for or as its record says. In a turn. */
    letHear,
    mute,
    /** Takes it for granted no more. In a turn. */
    forget(scope: CallScope, what: "heard" | "muting"): void {
      layersOf(scope)[what] = undefined;
    },
    /** What its step lets it hear from now on. */
    stepHears: (scope: CallScope, hears: StepSound): Promise<void> =>
      inTurn(scope, () => {
        layersOf(scope).step.hears = hears;
        return letHear(scope);
      }),
    /** The answer has ended its ringing. In the very turn, for nobody need be asked. */
    answered(scope: CallScope): void {
      const layers = layersOf(scope);
      layers.step.hears = "nothing";
      if (layers.heard === "ringing") layers.heard = "nothing";
    },
    /** A prompt has ended what it was to hear instead. */
    prompted(scope: CallScope): Promise<void> {
      const { on_hold, own_sound } = scope.call;
      if (!on_hold && own_sound === "") return Promise.resolve();
      return inTurn(scope, async () => {
        const { heard } = layersOf(scope);
        // Of a hold the phone need not be told again.
        if (heard !== undefined) await start(scope, heard === "hold" ? "music" : heard);
      });
    },
    /** Whether its step lets nobody hear it from now on. */
    stepMutes: (scope: CallScope, muted: boolean): Promise<void> =>
      inTurn(scope, () => {
        layersOf(scope).step.muted = muted;
        return mute(scope);
      }),
    /**
     * Makes it sound as its record says, after a time in which nobody can have seen to it. What the step had asked for
     * stays until it is known again.
     */
    restore: (scope: CallScope): Promise<void> =>
      inTurn(scope, async () => {
        const layers = layersOf(scope);
        const { channel_id, mute_direction, status, on_hold, own_sound } = scope.call;
        layers.heard = undefined;
        layers.muting = undefined;
        if (status !== "progressing") return;
        if (mute_direction !== "") await sound.mute(channel_id, mute_direction, scope.signal);
        if (!on_hold && own_sound === "") return;
        await sound.makeOwn(channel_id, scope.signal);
        await letHear(scope);
      }),
  };
}

function heardBy({ on_hold, own_sound }: Asked, step: StepSound): Heard {
  if (on_hold) return "hold";
  return own_sound === "" ? step : own_sound;
}

/** The directions of the one that are not of the other. */
const without = (muting: Muting, other: Muting): Muting => (other === "" ? muting : unmute(muting, other));
