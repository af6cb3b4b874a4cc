import { join } from "node:path";
import type { Clock } from "../ports/clock.ts";
import type { AudioFiles, MediaLibrary } from "../ports/media.ts";
import type { Synthesizer } from "../ports/speech.ts";
import { openAudioStore } from "./audio/audio-store.ts";
import { fetchedSchema, mediaLibrary } from "./audio/media-library.ts";
import { diskIndex } from "./disk-index.ts";
import { addressPolicy } from "./outbound/address-policy.ts";
import { outboundHttp } from "./outbound/outbound-http.ts";
import { toolRunner } from "./run-tool.ts";
import { local } from "./synthesis/local.ts";
import { cachedSpeech, spokenSchema } from "./synthesis/speech-cache.ts";
import { synthesizer } from "./synthesis/synthesizer.ts";

/** Everything that callers can be made to hear, and the files it is made of. */
export type Audio = {
  readonly speech: Synthesizer;
  readonly media: MediaLibrary;
  readonly files: AudioFiles;
  close(): Promise<void>;
};

export type AudioSettings = {
  /** Where it is kept; made when absent. */
  readonly directory: string;
  /** Speech providers by name, in order of preference. */
  readonly speechProviders: readonly string[];
  /** How long one speech provider may take. */
  readonly speechDeadlineMs: number;
  /** Which addresses URLs of users may lead to: `true`, `false` (public ones only), or a list of CIDRs. */
  readonly allowPrivateUrls: string;
  readonly clock: Clock;
};

/** Opens the audio of ours in a directory. @throws Error when the directory or the list of CIDRs can't be used. */
export async function openAudio(settings: AudioSettings): Promise<Audio> {
  const { directory, clock } = settings;
  const runTool = toolRunner();
  const store = await openAudioStore(directory, runTool);
  const http = outboundHttp(addressPolicy(settings.allowPrivateUrls));
  return {
    speech: synthesizer({
      providers: [local(runTool)],
      order: settings.speechProviders,
      speak: cachedSpeech(store, diskIndex(join(directory, "spoken"), spokenSchema)),
      deadlineMs: settings.speechDeadlineMs,
      clock,
    }),
    media: mediaLibrary({ http, store, index: diskIndex(join(directory, "fetched"), fetchedSchema), clock }),
    files: store,
    close: http.close,
  };
}
