/**
 * Recordings in Asterisk: of a call by a channel that listens to it, of a bridge by the bridge itself.
 *
 * 1. A track's channel and its recording have one name, which follows from the take's: a repeat finds both.
 * 2. Tracks are begun, paused and ended one right after the other over the socket: they stay in step within a packet.
 * 3. No name has a dot in it: what serves a run ends with the run, a recording with its call.
 */
import { join } from "node:path";
import type { Clock } from "../ports/clock.ts";
import type { Recorder, Take, TrackFile, TrackName } from "../ports/recorder.ts";
import { TelephonyError } from "../ports/telephony.ts";
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

/** `silence` is kept by nobody: it only waits until neither side has spoken for long enough. */
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
  const isKnown = async (name: string, signal: AbortSignal) =>
    (await isLive(name, signal)) || exists(recordings.getStored({ recordingName: name }, { signal }));

  async function begin(take: Take, signal: AbortSignal): Promise<void> {
    const tracks = tracksOf(take);
    const unknown = await filter(tracks, async ({ name }) => !(await isKnown(name, signal)));
    const { source } = take;
    if (source.kind === "bridge") {
      await Promise.all(unknown.map((track) => record({ kind: "bridge", id: source.id }, take, track, "wav", signal)));
      return;
    }
    const format = (await carriesWideband(channels, source.id, signal)) ? "wav16" : "wav";
    for (const { name, spy } of unknown) {
      const aside = { channelId: source.id, snoopId: name, spy, whisper: "none" } as const;
      await snoops.make({ ...aside, app: application, appArgs: SERVANT });
    }
    await Promise.all(unknown.map((track) => record({ kind: "channel", id: track.name }, take, track, format, signal)));
    await whispers.begin(take);
  }

  /** A channel that was just made refuses until it is in our application. */
  async function record(
    on: Take["source"],
    take: Take,
    { name, track }: Track,
    format: "wav" | "wav16",
    signal: AbortSignal,
  ): Promise<void> {
    // Of two tracks, one that is silent is no reason to end.
    const listensForSilence = take.channels === 1 || track === "silence";
    const order = {
      name,
      format,
      ifExists: "fail" as const,
      maxDurationSeconds: take.durationSeconds,
      maxSilenceSeconds: listensForSilence ? take.silenceSeconds : 0,
    };
    if (on.kind === "bridge") return unlessDone(bridges.record({ bridgeId: on.id, ...order }, { signal }));
    await onceEntered(clock, () => channels.record({ channelId: on.id, ...order }, { signal }), signal);
  }

  const eachLive = (take: Take, operation: string, request: (recordingName: string) => Promise<unknown>) =>
    Promise.all(tracksOf(take).map(({ name }) => unlessGone(ask(operation, closing, () => unlessDone(request(name))))));

  async function end(take: Take): Promise<void> {
    await eachLive(take, "stopRecording", (recordingName) => recordings.stop({ recordingName }));
    if (take.source.kind === "channel") {
      const hangup = (channelId: string) =>
        unlessGone(ask("stopRecording", closing, () => channels.hangup({ channelId })));
      await Promise.all(tracksOf(take).map(({ name }) => hangup(name)));
      await whispers.end(take);
    }
    for (const lastMs = clock.now() + END_MS; await isRunning(take, closing); ) {
      if (clock.now() > lastMs) throw new TelephonyError("unavailable", "stopRecording", "the recording does not end");
      await clock.sleepUntil(clock.now() + PAUSE_MS, closing);
    }
  }

  const isRunning = async (take: Take, signal: AbortSignal): Promise<boolean> => {
    const live = tracksOf(take).map(({ name }) => ask("isRecording", signal, () => isLive(name, signal)));
    return (await Promise.all(live)).includes(true);
  };

  return {
    onEnded(listener) {
      connection.onEvent((event) => {
        const takeId = endedIn(event);
        if (takeId !== undefined) listener(takeId);
      });
    },
    start: (take, signal) => ask("record", signal, () => begin(take, signal)),
    goOn: whispers.goOn,
    pause: async (take) => {
      const pause = eachLive(take, "pauseRecording", (recordingName) => recordings.pause({ recordingName }));
      await Promise.all([pause, whispers.pause(take)]);
    },
    resume: async (take) => {
      const resume = eachLive(take, "resumeRecording", (recordingName) => recordings.unpause({ recordingName }));
      await Promise.all([resume, whispers.resume(take)]);
    },
    stop: end,
    isRunning,
    fetch: (take, folder, signal) =>
      ask("fetchRecording", signal, async () => {
        const files: TrackFile[] = [];
        for (const { name, track } of tracksOf(take)) {
          if (track === "silence") continue;
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
const NAME = /^recording-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-[a-z]+$/;

function tracksOf({ id, source, channels, silenceSeconds }: Take): readonly Track[] {
  const track = (kind: Track["track"], spy: Track["spy"]): Track => ({
    name: `${PREFIX}${id}-${kind}`,
    track: kind,
    spy,
  });
  if (channels === 1 || source.kind === "bridge") return [track("mixed", "both")];
  const apart = [track("caller", "in"), track("others", "out")];
  return silenceSeconds > 0 ? [...apart, track("silence", "both")] : apart;
}

/** The take whose end, or failure, an event tells. */
function endedIn(event: AriEvent): string | undefined {
  const known = event as KnownAriEvent;
  if (known.type !== "RecordingFinished" && known.type !== "RecordingFailed") return undefined;
  return NAME.exec(known.recording.name)?.[1];
}

async function filter<T>(items: readonly T[], matches: (item: T) => Promise<boolean>): Promise<readonly T[]> {
  const verdicts = await Promise.all(items.map(matches));
  return items.filter((_, index) => verdicts[index]);
}
