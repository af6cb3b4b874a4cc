/**
 * What is whispered to a call while it is recorded: the voice of another host, speech over whatever it hears.
 *
 * Asterisk gives those who listen to a channel what it is sent before whispers are mixed into that. So whoever whispers is
 * recorded apart, from the moment on at which that begins, into a file whose name says when that was.
 */
import type { Clock } from "../ports/clock.ts";
import type { Take } from "../ports/recorder.ts";
import type { AriConnection } from "./ari/connection.ts";
import { type Ask, unlessDone, unlessGone } from "./ask.ts";
import { carriesWideband } from "./media-uri.ts";
import { onceEntered } from "./once-entered.ts";
import { SERVANT } from "./roles.ts";
import type { OnWhisper, Snoops } from "./snoops.ts";

type Parts = {
  readonly connection: AriConnection;
  readonly application: string;
  readonly snoops: Snoops;
  readonly clock: Clock;
  readonly ask: Ask;
  readonly closing: AbortSignal;
};

const END_MS = 5_000;
const PAUSE_MS = 5;

/** A take that runs. */
type Run = { readonly listener: OnWhisper; soFarMs: number; sinceMs: number | undefined };

export function recordedWhispers({ connection, application, snoops, clock, ask, closing }: Parts) {
  const { channels, recordings } = connection.ari;
  const runs = new Map<string, Run>();
  /** Of takes that this process has begun, what was recorded; of others, Asterisk has to be asked. */
  const known = new Map<string, Set<string>>();
  let count = 0;

  const prefixOf = ({ id }: Take): string => `recording-${id}-over-`;
  const lengthOf = ({ soFarMs, sinceMs }: Run): number =>
    Math.round(soFarMs + (sinceMs === undefined ? 0 : clock.now() - sinceMs));

  /** Those that record now. */
  async function live(take: Take): Promise<readonly { readonly id: string; readonly name: string }[]> {
    const all = await ask("whispers", closing, () => channels.list());
    return all.filter(({ id }) => id.startsWith(prefixOf(take)));
  }

  async function record(take: Take, run: Run, whispererId: string): Promise<void> {
    if ((await live(take)).some(({ name }) => name.startsWith(`Snoop/${whispererId}-`))) return;
    count += 1;
    const name = `${prefixOf(take)}${lengthOf(run)}-${count}`;
    known.get(take.id)?.add(name);
    const format = (await carriesWideband(channels, take.source.id, closing)) ? "wav16" : "wav";
    const aside = { channelId: whispererId, snoopId: name, spy: "out", whisper: "none" } as const;
    await snoops.make({ ...aside, app: application, appArgs: SERVANT });
    const begin = () => channels.record({ channelId: name, name, format, ifExists: "fail" });
    await onceEntered(clock, begin, closing);
    if (run.sinceMs === undefined) await recordings.pause({ recordingName: name });
  }

  async function listen(take: Take, soFarMs: number): Promise<void> {
    if (take.source.kind === "bridge" || runs.has(take.id)) return;
    const run: Run = {
      soFarMs,
      sinceMs: clock.now(),
      listener: (whispererId) => unlessGone(ask("recordWhisper", closing, () => record(take, run, whispererId))),
    };
    runs.set(take.id, run);
    await snoops.onWhisper(take.source.id, run.listener);
  }

  async function eachLive(take: Take, request: (recordingName: string) => Promise<unknown>): Promise<void> {
    const work = (await live(take)).map(({ id }) =>
      unlessGone(ask("whispers", closing, () => unlessDone(request(id)))),
    );
    await Promise.all(work);
  }

  return {
    async begin(take: Take): Promise<void> {
      if (!known.has(take.id)) known.set(take.id, new Set());
      await listen(take, 0);
    },
    /** Takes over a take that an earlier process has begun. */
    goOn: listen,
    async pause(take: Take): Promise<void> {
      const run = runs.get(take.id);
      if (!run || run.sinceMs === undefined) return;
      [run.soFarMs, run.sinceMs] = [lengthOf(run), undefined];
      await eachLive(take, (recordingName) => recordings.pause({ recordingName }));
    },
    async resume(take: Take): Promise<void> {
      const run = runs.get(take.id);
      if (!run || run.sinceMs !== undefined) return;
      run.sinceMs = clock.now();
      await eachLive(take, (recordingName) => recordings.unpause({ recordingName }));
    },
    /** Ends what is recorded of a take. */
    async end(take: Take): Promise<void> {
      const run = runs.get(take.id);
      if (run) snoops.offWhisper(run.listener);
      runs.delete(take.id);
      if (known.get(take.id)?.size === 0) return;
      await eachLive(take, (channelId) => channels.hangup({ channelId }));
      // What one of them has written is a file when it is gone.
      for (const lastMs = clock.now() + END_MS; clock.now() < lastMs && (await live(take)).length > 0; ) {
        await clock.sleepUntil(clock.now() + PAUSE_MS, closing);
      }
    },
    /** The names of what was recorded of a take, each with the time at which it begins. */
    async names(take: Take): Promise<readonly { readonly name: string; readonly atMs: number }[]> {
      if (take.source.kind === "bridge") return [];
      const prefix = prefixOf(take);
      const names = known.get(take.id) ?? (await recordings.listStored()).map(({ name }) => name);
      return [...names]
        .filter((name) => name.startsWith(prefix))
        .map((name) => ({ name, atMs: Number.parseInt(name.slice(prefix.length), 10) }));
    },
    /** They have been removed. */
    forget: (take: Take): void => void known.delete(take.id),
  };
}
