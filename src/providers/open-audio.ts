import { join } from "node:path";
import type { Clock } from "../ports/clock.ts";
import type { AudioFiles, MediaLibrary } from "../ports/media.ts";
import type { Synthesizer } from "../ports/speech.ts";
import { openAudioStore } from "./audio/audio-store.ts";
import { fetchedSchema, mediaLibrary } from "./audio/media-library.ts";
import { addressPolicy } from "./outbound/address-policy.ts";
import { outboundHttp } from "./outbound/outbound-http.ts";
import { diskIndex } from "./support/disk-index.ts";
import { toolRunner } from "./support/run-tool.ts";
import { local } from "./synthesis/local.ts";
import { cachedSpeech, spokenSchema } from "./synthesis/speech-cache.ts";
import { synthesizer } from "./synthesis/synthesizer.ts";

export type Audio = {
  readonly synthesizer: Synthesizer;
  readonly library: MediaLibrary;
  readonly files: AudioFiles;
  close(): Promise<void>;
};

/** A caller waits in silence meanwhile, and the next provider needs its time too. */
const SPEECH_DEADLINE_MS = 10_000;

/** Opens speech and fetched audio, kept in a folder `media` of the data directory. @throws Error on a bad setting */
export async function openAudio({
  dataDirectory,
  speechProviders,
  allowPrivateUrls,
  clock,
}: {
  readonly dataDirectory: string;
  /** Names in order of preference; those that are not configured are skipped. */
  readonly speechProviders: readonly string[];
  /** `true`, `false` or a list of CIDRs. */
  readonly allowPrivateUrls: string;
  readonly clock: Clock;
}): Promise<Audio> {
  const directory = join(dataDirectory, "media");
  const runTool = toolRunner();
  const http = outboundHttp(addressPolicy(allowPrivateUrls));
  const store = await openAudioStore(directory, runTool);
  const spoken = diskIndex(join(directory, "speech"), spokenSchema);
  const fetched = diskIndex(join(directory, "urls"), fetchedSchema);
  return {
    synthesizer: synthesizer({
      providers: [local(runTool)].filter(({ name }) => speechProviders.includes(name)),
      order: speechProviders,
      speak: cachedSpeech(store, spoken),
      deadlineMs: SPEECH_DEADLINE_MS,
      clock,
    }),
    library: mediaLibrary({ http, store, index: fetched, clock }),
    files: store,
    close: () => http.close(),
  };
}
