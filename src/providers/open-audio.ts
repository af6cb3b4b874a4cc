import { join } from "node:path";
import type { Clock } from "../ports/clock.ts";
import type { AudioFiles, MediaLibrary } from "../ports/media.ts";
import type { OutboundHttp } from "../ports/outbound-http.ts";
import type { RecordedMedia } from "../ports/recorded-media.ts";
import type { RecordingEncoder } from "../ports/recording-encoder.ts";
import type { Speaker } from "../ports/speech.ts";
import { audioFolder, openAudioStore } from "./audio/audio-store.ts";
import { fetchedSchema, mediaLibrary } from "./audio/media-library.ts";
import { type RecordedAudioParts, recordedAudio } from "./audio/recorded-audio.ts";
import { recordingEncoder } from "./audio/recording-encoder.ts";
import { diskIndex } from "./disk-index.ts";
import { diskLimit } from "./disk-limit.ts";
import { toolRunner } from "./run-tool.ts";
import { aws } from "./synthesis/aws.ts";
import { type BreakerChange, breaker } from "./synthesis/breaker.ts";
import { withDeadline } from "./synthesis/deadline.ts";
import { gcp } from "./synthesis/gcp.ts";
import { local } from "./synthesis/local.ts";
import { sharesOf } from "./synthesis/silence.ts";
import { cachedSpeech, spokenSchema } from "./synthesis/speech-cache.ts";
import { synthesizer } from "./synthesis/synthesizer.ts";

/** Everything that callers can be made to hear, and the files it is made of. */
export type Audio = {
  readonly speech: Speaker;
  readonly media: MediaLibrary;
  readonly files: AudioFiles;
  readonly recordingEncoder: RecordingEncoder;
  /** Recordings as something to play. */
  recorded(parts: Omit<RecordedAudioParts, "store" | "deadlineMs">): RecordedMedia;
  close(): Promise<void>;
};

type CloudSettings = { readonly endpoint?: string | undefined };

export type AudioSettings = {
  /** Where it is kept; made when absent. */
  readonly directory: string;
  /** Speech providers by name, in order of preference. */
  readonly speechProviders: readonly string[];
  /** Clouds that can be asked, each by another server than its own if there is an endpoint. */
  readonly clouds: { readonly gcp?: CloudSettings | undefined; readonly aws?: CloudSettings | undefined };
  /** How long one speech provider may take. */
  readonly speechDeadlineMs: number;
  /** How long all of them together may take. */
  readonly speechSilenceMs: number;
  /** Hears of a cloud that is not asked for a while, or asked again. */
  readonly onBreakerChange: (change: BreakerChange) => void;
  /** How large all of it may become on disk. */
  readonly maxBytes: number;
  /** The guarded client, for the audio of users' URLs. */
  readonly http: OutboundHttp;
  /** How long a URL, or a recording, may take to give its audio. */
  readonly fetchDeadlineMs: number;
  readonly clock: Clock;
};

/** Opens the audio of ours in a directory. @throws Error when the directory can't be used. */
export async function openAudio(settings: AudioSettings): Promise<Audio> {
  const { directory, http, clock, speechDeadlineMs, fetchDeadlineMs: deadlineMs } = settings;
  const runTool = toolRunner();
  const [spoken, fetched] = [join(directory, "spoken"), join(directory, "fetched")];
  const limit = diskLimit([audioFolder(directory), spoken, fetched], settings.maxBytes, clock);
  const store = await openAudioStore(directory, runTool, limit);
  const breakers = openClouds(settings);
  return {
    speech: synthesizer({
      providers: [...breakers, withDeadline(local(runTool), speechDeadlineMs)],
      order: settings.speechProviders,
      ...cachedSpeech(store, diskIndex(spoken, spokenSchema, limit)),
      silenceMs: settings.speechSilenceMs,
      clock,
    }),
    media: mediaLibrary({
      http,
      store,
      index: diskIndex(fetched, fetchedSchema, limit),
      clock,
      limits: { deadlineMs },
    }),
    files: store,
    recordingEncoder: recordingEncoder(runTool),
    recorded: (parts) => recordedAudio({ ...parts, store, deadlineMs }),
    async close() {
      await Promise.all([limit.close(), ...breakers.map((cloud) => cloud.close())]);
    },
  };
}

/** Whose fault a silence is, is known before the next one is asked. */
const MOMENT_MS = 50;

function openClouds({ clouds: configured, speechDeadlineMs, speechSilenceMs, clock, onBreakerChange }: AudioSettings) {
  // One that falls silent in the middle has to leave time for who says it again.
  const deadlineMs = Math.min(speechDeadlineMs, sharesOf(speechSilenceMs).othersMs - MOMENT_MS);
  const clouds = [...(configured.gcp ? [gcp(configured.gcp)] : []), ...(configured.aws ? [aws(configured.aws)] : [])];
  return clouds.map((cloud) => breaker(withDeadline(cloud, deadlineMs), { clock, onChange: onBreakerChange }));
}
