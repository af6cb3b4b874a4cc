/**
 * Lets a phone be heard that numbers its packets anew, and lower, when it comes back from a hold.
 *
 * Asterisk as Debian builds it (patch `2016_opus_plc`) drops packets that are numbered lower than those before as late,
 * wherever it translates: between two codecs, and for whatever listens to a call. Only new translators take them.
 *
 * 1. A new source (SSRC) after a hold tells; whoever goes on with the old one is left alone.
 * 2. No bridge of two begins to mix while one is held: that ends a hold, and takes no notice of one.
 */
import type { Bridge, KnownAriEvent } from "./ari/models.generated.ts";
import { idsInAsterisk } from "./ids-in-asterisk.ts";
import { leftBy } from "./left-by.ts";
import { newTranslators, type TranslatorParts } from "./new-translators.ts";

type Parts = TranslatorParts & { readonly closing: AbortSignal };

/** Of phones that hold others Asterisk tells; of those that we hold it does not. */
export interface TranslatorsAnew {
  held(channelId: string): void;
  unheld(channelId: string): void;
}

/** A phone sends within a second of its coming back, or has not renumbered. */
const WATCH_MS = 2_000;
const LOOK_MS = 100;
/** Another one's third is gone then. */
const BUSY_MS = 600;
const TRIES = 2;
/** From so many on, Asterisk mixes. */
const MIXED_FROM = 3;

/** One for all, made before the connection starts. */
export function translatorsAnew(parts: Parts): TranslatorsAnew {
  const { connection, clock, closing } = parts;
  const { bridges, channels } = connection.ari;
  const { forTwo, forOneOfMany, forOneAlone } = newTranslators(parts);
  /** For which translators have been made. */
  const sources = new Map<string, number>();
  const holds = new Set<string>();
  const watches = new Map<string, AbortController>();
  /** Have to be made anew, when nobody in their bridge is held. */
  const due = new Set<string>();
  /** All that any of this is kept of. */
  const { ids: kept } = idsInAsterisk(connection, {
    goneBy: leftBy,
    look: async () => ({ present: (await channels.list()).map(({ id }) => id), kept: [] }),
    onGone: forget,
  });
  const pause = (durationMs: number, signal: AbortSignal) => clock.sleepUntil(clock.now() + durationMs, signal);

  connection.onEvent((event) => {
    const known = event as KnownAriEvent;
    if (known.type === "ChannelHold") held(known.channel.id);
    if (known.type === "ChannelUnhold") cameBack(known.channel.id);
  });

  function held(channelId: string): void {
    holds.add(channelId);
    inBackground(channelId, async (signal) => {
      const source = await sourceOf(channelId);
      // Back already, it may have been the new one.
      if (!signal.aborted && source !== undefined && !sources.has(channelId)) sources.set(channelId, source);
    });
  }

  function cameBack(channelId: string): void {
    holds.delete(channelId);
    makeWhatIsDue();
    // An earlier process heard of its hold, so its source may be new.
    if (!sources.has(channelId)) due.add(channelId);
    inBackground(channelId, async (signal) => {
      if ((await hasNewSource(channelId, signal)) || due.has(channelId)) await makeFor(channelId, signal);
    });
  }

  function forget(channelId: string): void {
    watches.get(channelId)?.abort();
    watches.delete(channelId);
    sources.delete(channelId);
    due.delete(channelId);
    if (holds.delete(channelId)) makeWhatIsDue();
  }

  function makeWhatIsDue(): void {
    for (const channelId of due) inBackground(channelId, (signal) => makeFor(channelId, signal));
  }

  /** The latest thing to do for a channel, instead of any before; a call that is gone, or an Asterisk, has nothing to be done. */
  function inBackground(channelId: string, work: (signal: AbortSignal) => Promise<void>): void {
    kept.add(channelId);
    watches.get(channelId)?.abort();
    const watch = new AbortController();
    watches.set(channelId, watch);
    work(AbortSignal.any([watch.signal, closing])).catch(() => undefined);
  }

  /** Undefined when Asterisk does not say so now. */
  const sourceOf = async (channelId: string): Promise<number | undefined> =>
    (await channels.rtpstatistics({ channelId }).catch(() => undefined))?.remote_ssrc;

  /** Looks until it has, or for as long as it may take. */
  async function hasNewSource(channelId: string, signal: AbortSignal): Promise<boolean> {
    const before = sources.get(channelId);
    let source = before;
    for (const lastMs = clock.now() + WATCH_MS; clock.now() < lastMs; ) {
      await pause(LOOK_MS, signal);
      source = (await sourceOf(channelId)) ?? source;
      if (before !== undefined && source !== before) break;
    }
    if (source !== undefined) sources.set(channelId, source);
    return before !== undefined && source !== before;
  }

  /** Tries a few times; what fails for all that stays due. */
  async function makeFor(channelId: string, signal: AbortSignal): Promise<void> {
    due.add(channelId);
    for (let tries = TRIES; due.has(channelId); tries -= 1) {
      const isSettled = await tryFor(channelId, tries === 0, signal).catch(() => false);
      if (isSettled || tries === 0) return;
      await pause(BUSY_MS, signal);
    }
  }

  /** False while another one's third is there. */
  async function tryFor(channelId: string, isLast: boolean, signal: AbortSignal): Promise<boolean> {
    const bridge = (await bridges.list()).find(({ channels: members }) => members.includes(channelId));
    const members = bridge?.channels ?? [channelId];
    if (members.length <= MIXED_FROM && members.some((member) => holds.has(member))) return true;
    const isOthersThird = bridge?.technology === "softmix" && members.length < MIXED_FROM;
    if (isOthersThird && !isLast) return false;
    const isOfTwo = bridge?.technology === "simple_bridge";
    const served = (isOfTwo ? members : [channelId]).filter((member) => due.delete(member));
    try {
      await makeIn(bridge, channelId, signal);
    } catch (error) {
      for (const member of served) if (kept.has(member)) due.add(member);
      throw error;
    }
    return true;
  }

  async function makeIn(bridge: Bridge | undefined, channelId: string, signal: AbortSignal): Promise<void> {
    if (!bridge) return await forOneAlone(channelId, signal);
    if (bridge.technology === "simple_bridge") return await forTwo(bridge);
    if (bridge.technology === "softmix") await forOneOfMany(channelId, bridge);
  }

  return { held, unheld: (channelId) => holds.has(channelId) && cameBack(channelId) };
}
