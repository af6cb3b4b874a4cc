/**
 * Audio between calls and other hosts.
 *
 * 1. It belongs to its call and is stored with it before it is opened, under the id of the step that starts it: the step
 *    that runs again finds it, and a new process opens what is stored.
 * 2. It ends with its call, by its host, or when it is stopped: then it is stored no more, and nothing of it is left.
 */
import type { Logger } from "pino";
import type { ExternalMedia } from "../../model/external-media.ts";
import type { Clock } from "../../ports/clock.ts";
import { type ExternalMediaControl, ExternalMediaError, type ExternalMediaOrder } from "../../ports/external-media.ts";
import type { Ids } from "../../ports/ids.ts";
import type { LiveAudio } from "../../ports/live-audio.ts";
import type { MediaLines } from "../../ports/media-lines.ts";
import type { OutboundMedia } from "../../ports/outbound-media.ts";
import type { CallScope } from "../call-scope.ts";
import type { Step } from "../run-state.ts";
import { audiosocketHost } from "./audiosocket-host.ts";
import { hostOf } from "./carrier.ts";
import { lineCarrier } from "./line-carrier.ts";
import { relayCarrier } from "./relay-carrier.ts";
import { websocketHost } from "./websocket-host.ts";

/** Of one call at once. */
const MOST = 5;

type Services = {
  readonly lines: MediaLines;
  readonly liveAudio: LiveAudio;
  readonly outbound: OutboundMedia;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  readonly background: (work: Promise<unknown>) => void;
};

type StepOfCall = { readonly scope: CallScope; readonly step: Step; readonly signal: AbortSignal };

type Carried = { readonly opened: Promise<AsyncDisposable>; readonly stopping: AbortController };

export type ExternalMedias = ReturnType<typeof createExternalMedias>;

export function createExternalMedias({ lines, liveAudio, outbound, clock, ids, log, background }: Services) {
  const carriers = {
    rtp: lineCarrier(lines, outbound),
    audiosocket: relayCarrier(audiosocketHost(outbound), liveAudio, clock),
    websocket: relayCarrier(websocketHost(outbound), liveAudio, clock),
  };
  const carried = new Map<string, Carried>();

  /** Opens it, or finds that it is being opened. */
  function carry(scope: CallScope, media: ExternalMedia): Promise<AsyncDisposable> {
    const known = carried.get(media.id);
    if (known) return known.opened;
    const stopping = new AbortController();
    const told = new Set<string>();
    const opened = carriers[media.carrier].open({
      call: scope.call,
      media,
      signal: AbortSignal.any([scope.signal, stopping.signal]),
      onEnd: (error) => background(drop(scope, media, error)),
      onTrouble(message, remedy) {
        if (told.has(message)) return;
        told.add(message);
        const facts = { ...about(media), message, remedy };
        background(scope.externalMedia(scope.call.external_media, "external_media_trouble", facts));
      },
    });
    carried.set(media.id, { opened, stopping });
    scope.signal.addEventListener("abort", () => background(end(media.id, scope.signal.reason)), { once: true });
    return opened;
  }

  async function end(id: string, why: Error): Promise<void> {
    const one = carried.get(id);
    if (!one) return;
    carried.delete(id);
    one.stopping.abort(why);
    const open = await one.opened.catch(() => undefined);
    await open?.[Symbol.asyncDispose]();
  }

  /** Ends it, and forgets it, which its timeline tells. */
  async function drop(scope: CallScope, media: ExternalMedia, why: Error): Promise<void> {
    await end(media.id, why);
    const rest = without(scope, media);
    if (rest.length === scope.call.external_media.length || scope.signal.aborted) return;
    await scope.externalMedia(rest, "external_media_ended", { ...about(media), ...factsOf(why) });
  }

  async function start({ scope, step, signal }: StepOfCall, order: ExternalMediaOrder): Promise<void> {
    signal.throwIfAborted();
    const before = scope.call.external_media;
    const known = before.find(({ id }) => id === step.id);
    // The host of an AudioSocket is told which connection it is.
    const uuid = order.carrier === "audiosocket" ? (order.uuid ?? ids.next()) : null;
    const media = known ?? { ...order, uuid, id: step.id };
    if (!known) {
      if (before.length >= MOST) throw tooMany(media);
      await scope.externalMedia([...before, media]);
    }
    const giveUp = () => background(end(media.id, signal.reason));
    signal.addEventListener("abort", giveUp, { once: true });
    try {
      await carry(scope, media);
      signal.throwIfAborted();
    } catch (error) {
      await end(media.id, error instanceof Error ? error : new Error("it could not be started"));
      if (!scope.signal.aborted) await scope.externalMedia(without(scope, media));
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener("abort", giveUp);
    }
    await scope.externalMedia(scope.call.external_media, "external_media_started", about(media));
  }

  async function stop(scope: CallScope): Promise<number> {
    const all = scope.call.external_media;
    await Promise.all(all.map((media) => drop(scope, media, new Error("it was stopped"))));
    return all.length;
  }

  return {
    portFor: (parts: StepOfCall): ExternalMediaControl => ({
      start: (order) => start(parts, order),
      stop: () => stop(parts.scope),
    }),
    /** Opens what a call had when an earlier process ended. */
    restore(scope: CallScope): void {
      for (const media of scope.call.external_media) {
        carry(scope, media).catch((error) => {
          if (scope.signal.aborted) return;
          log.warn({ err: error, call_id: scope.call.id }, "external media could not be taken up again");
          background(drop(scope, media, error));
        });
      }
    },
  };
}

const factsOf = (error: Error) => {
  if (!(error instanceof ExternalMediaError)) return { message: error.message };
  const { message, fault, remedy } = error;
  return { message, fault, remedy };
};

/** What may be told about it. */
const about = (media: ExternalMedia) => {
  const { id, carrier, format, direction } = media;
  return { id, carrier, host: hostOf(media), format, direction };
};

const without = (scope: CallScope, media: ExternalMedia) =>
  scope.call.external_media.filter(({ id }) => id !== media.id);

const tooMany = (media: ExternalMedia): ExternalMediaError =>
  new ExternalMediaError(
    "too_many",
    hostOf(media),
    `the call has ${MOST} external media, and may not have more`,
    "stop what is not needed by external_media_stop",
  );
