/**
 * Recordings in Asterisk: of a call by a channel that listens to it, of a bridge by the bridge itself.
 *
 * 1. A track's channel and its recording have one name, which follows from the take's: a repeat finds both.
 * 2. Tracks are begun, paused and ended one right after the other over the socket: they stay in step within a packet.
 * 3. No name has a dot in it: what serves a run ends with the run, a recording with its call.
 * 4. What listens for silence is not kept: Asterisk takes the silence off the end of what it ends, also by what was said
 *    before a pause, and hears less of it.
 */
import { join } from "node:path";
import type { Clock } from "../ports/clock.ts";
import type { Recorder, Take, TrackFile, TrackName } from "../ports/recorder.ts";
import { TelephonyError } from "../ports/telephony.ts";
import { AriError } from "./ari/ari-error.ts";
import type { AriConnection } from "./ari/connection.ts";
import type { Download } from "./ari/download.ts";
import type { AriEvent } from "./ari/event.ts";
import type { KnownAriEvent } from "./ari/models.generated.ts";
import { askThrough, unlessDone, unlessGone } from "./ask.ts";
import { carriesWideband } from "./media-uri.ts";
import { onceEntered } from "./once-entered.ts";
import { recordedWhispers } from "./recorded-whispers.ts";
import { SERVANT } from "./roles.ts";
import { exists, type Snoops } from "./snoops.ts";

export type RecorderSettings = {
  readonly connection: AriConnection;
  readonly application: string;
  readonly snoops: Snoops;
  readonly download: Download;
  readonly clock: Clock;
  /** What is to be ended is ended until then. */
  readonly closing: AbortSignal;
};

/** `silence` only waits until neither side has spoken for long enough. */
type Track = { readonly name: string; readonly track: TrackName | "silence"; readonly spy: "in" | "out" | "both" };

/** How long a recording may take to end after it was told to. */
const END_MS = 5_000;
const PAUSE_MS = 5;

export function asteriskRecorder(settings: RecorderSettings): Recorder {
  const { connection, application, snoops, download, clock, closing } = settings;
  const { bridges, channels, recordings } = connection.ari;
  const ask = askThrough(connection);
  const whispers = recordedWhispers({ ...settings, ask });

  const isLive = (recordingName: string, signal: AbortSignal) =>
    exists(recordings.getLive({ recordingName }, { signal }));
  const isStored = (recordingName: string, signal: AbortSignal) =>
    exists(recordings.getStored({ recordingName }, { signal }));
  const isKnown = async (name: string, signal: AbortSignal) =>
    (await isLive(name, signal)) || (await isStored(name, signal));

  async function begin(take: Take, signal: AbortSignal): Promise<void> {
    const unknown = await filter(tracksOf(take), async ({ name }) => !(await isKnown(name, signal)));
    const { source } = take;
    if (source.kind === "bridge") {
      await Promise.all(unknown.map((track) => record(take, track, "wav", signal)));
      return;
    }
    const format = (await carriesWideband(channels, source.id, signal)) ? "wav16" : "wav";
    for (const { name, spy } of unknown) {
      const aside = { channelId: source.id, snoopId: name, spy, whisper: "none" } as const;
      await snoops.make({ ...aside, app: application, appArgs: SERVANT });
    }
    await Promise.all(unknown.map((track) => record(take, track, format, signal)));
    await whispers.begin(take);
  }

  /** A channel that was just made refuses until it is in our application. */
  async function record(
    { source, silenceSeconds, durationSeconds }: Take,
    { name, track }: Track,
    format: "wav" | "wav16",
    signal: AbortSignal,
  ): Promise<void> {
    const limits =
      track === "silence"
        ? ({ ifExists: "overwrite", maxSilenceSeconds: silenceSeconds } as const)
        : ({ ifExists: "fail", maxDurationSeconds: durationSeconds } as const);
    const order = { name, format, ...limits };
    if (source.kind === "bridge") return unlessDone(bridges.record({ bridgeId: source.id, ...order }, { signal }));
    await onceEntered(clock, () => channels.record({ channelId: name, ...order }, { signal }), signal);
  }

  const eachLive = (
    tracks: readonly Track[],
    operation: string,
    request: (recordingName: string) => Promise<unknown>,
  ) => Promise.all(tracks.map(({ name }) => unlessGone(ask(operation, closing, () => unlessDone(request(name))))));
  const stopEach = (tracks: readonly Track[]) =>
    eachLive(tracks, "stopRecording", (recordingName) => recordings.stop({ recordingName }));

  async function untilOver(tracks: readonly Track[]): Promise<void> {
    for (const lastMs = clock.now() + END_MS; await areLive(tracks, closing); ) {
      if (clock.now() > lastMs) throw new TelephonyError("unavailable", "stopRecording", "the recording does not end");
      await clock.sleepUntil(clock.now() + PAUSE_MS, closing);
    }
  }

  async function end(take: Take): Promise<void> {
    const tracks = tracksOf(take);
    await stopEach(tracks);
    if (take.source.kind === "channel") {
      await eachLive(tracks, "stopRecording", (channelId) => channels.hangup({ channelId }));
      await whispers.end(take);
    }
    await untilOver(tracks);
  }

  /** What was silent in a pause does not count. */
  async function listenAnew(take: Take): Promise<void> {
    const silence = silenceOf(take);
    await stopEach(silence);
    await untilOver(silence);
    const listen = (track: Track) => ask("listenForSilence", closing, () => record(take, track, "wav", closing));
    await Promise.all(silence.map((track) => unlessGone(listen(track))));
  }

  /** Of one that has ended, Asterisk tells so a moment before it is no longer live. */
  async function isListening({ name: recordingName }: Track): Promise<boolean> {
    try {
      return (await recordings.getLive({ recordingName }, { signal: closing })).state !== "done";
    } catch (error) {
      if (error instanceof AriError && error.isGone) return false;
      throw error;
    }
  }

  const areLive = async (tracks: readonly Track[], signal: AbortSignal): Promise<boolean> => {
    const live = tracks.map(({ name }) => ask("isRecording", signal, () => isLive(name, signal)));
    return (await Promise.all(live)).includes(true);
  };
  const isRunning = (take: Take, signal: AbortSignal) => areLive(keptOf(take), signal);

  const onEndOf = (concerns: (track: string) => boolean) => (listener: (takeId: string) => void) => {
    connection.onEvent((event) => {
      const ended = endedIn(event);
      if (ended && concerns(ended.track)) listener(ended.takeId);
    });
  };

  return {
    onEnded: onEndOf((track) => track !== "silence"),
    onSilence: onEndOf((track) => track === "silence"),
    start: (take, signal) => ask("record", signal, () => begin(take, signal)),
    goOn: whispers.goOn,
    pause: async (take) => {
      const pause = eachLive(tracksOf(take), "pauseRecording", (recordingName) => recordings.pause({ recordingName }));
      await Promise.all([pause, whispers.pause(take)]);
    },
    resume: async (take) => {
      const resume = eachLive(keptOf(take), "resumeRecording", (recordingName) =>
        recordings.unpause({ recordingName }),
      );
      await Promise.all([resume, whispers.resume(take)]);
      await listenAnew(take);
    },
    stop: end,
    isRunning,
    async isSilent(take) {
      const [silence] = silenceOf(take);
      if (!silence || !(await ask("isSilent", closing, () => isStored(silence.name, closing)))) return false;
      return !(await ask("isSilent", closing, () => isListening(silence))) && (await isRunning(take, closing));
    },
    fetch: (take, folder, signal) =>
      ask("fetchRecording", signal, async () => {
        const files: TrackFile[] = [];
        for (const { name, track } of keptOf(take)) {
          const path = join(folder, `${track}.wav`);
          if (await download(`recordings/stored/${name}/file`, path, signal)) files.push({ track, path });
        }
        // Asterisk also says "not found" before it has loaded what knows of recordings; this is refused then.
        if (files.length === 0) {
          await recordings.listStored({ signal });
          return files;
        }
        for (const { name, atMs } of await whispers.names(take)) {
          const path = join(folder, `${name}.wav`);
          const isThere = await download(`recordings/stored/${name}/file`, path, signal);
          if (isThere) files.push({ track: "whispered", path, atMs });
        }
        return files;
      }),
    remove: async (take) => {
      const whispered = await ask("removeRecording", closing, () => whispers.names(take));
      for (const { name: recordingName } of [...tracksOf(take), ...whispered]) {
        await unlessGone(ask("removeRecording", closing, () => recordings.deleteStored({ recordingName })));
      }
      whispers.forget(take);
    },
  };
}

const PREFIX = "recording-";
const NAME = /^recording-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-([a-z]+)$/;

const trackOf =
  ({ id }: Take) =>
  <Kind extends TrackName | "silence">(track: Kind, spy: Track["spy"]) => ({
    name: `${PREFIX}${id}-${track}`,
    track,
    spy,
  });

function keptOf(take: Take) {
  const track = trackOf(take);
  if (take.channels === 1 || take.source.kind === "bridge") return [track("mixed", "both")];
  return [track("caller", "in"), track("others", "out")];
}

const silenceOf = (take: Take): readonly Track[] => (take.silenceSeconds > 0 ? [trackOf(take)("silence", "both")] : []);

const tracksOf = (take: Take): readonly Track[] => [...keptOf(take), ...silenceOf(take)];

/** The take and the track of it whose end, or failure, an event tells. */
function endedIn(event: AriEvent): { readonly takeId: string; readonly track: string } | undefined {
  const known = event as KnownAriEvent;
  if (known.type !== "RecordingFinished" && known.type !== "RecordingFailed") return undefined;
  const [, takeId, track] = NAME.exec(known.recording.name) ?? [];
  return takeId && track ? { takeId, track } : undefined;
}

async function filter<T>(items: readonly T[], matches: (item: T) => Promise<boolean>): Promise<readonly T[]> {
  const verdicts = await Promise.all(items.map(matches));
  return items.filter((_, index) => verdicts[index]);
}
