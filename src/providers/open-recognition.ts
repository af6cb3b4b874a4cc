import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../ports/clock.ts";
import type { SpeechRecognizer } from "../ports/speech-recognition.ts";
import { aws } from "./recognition/aws.ts";
import { type EndpointSettings, endpoint } from "./recognition/endpoint.ts";
import { gcp } from "./recognition/gcp.ts";
import { type HealthChange, providerHealth } from "./recognition/health.ts";
import { pocketsphinx } from "./recognition/pocketsphinx.ts";
import type { RecognitionProvider } from "./recognition/provider.ts";
import { recognizer } from "./recognition/recognizer.ts";
import { toolRunner } from "./run-tool.ts";

type CloudSettings = { readonly endpoint?: string | undefined };

export type RecognitionSettings = {
  /** Providers by name, in order of preference. */
  readonly providers: readonly string[];
  /** Clouds that can be asked, each by another server than its own if there is an endpoint. */
  readonly clouds: { readonly gcp?: CloudSettings | undefined; readonly aws?: CloudSettings | undefined };
  /** What `local` is, if there is one. */
  readonly model?: RecognitionProvider | undefined;
  /** What it is else; this machine's own recognizer, if it has one, when absent. */
  readonly endpoint?: Omit<EndpointSettings, "pauseMs"> | undefined;
  /** The silence that ends a sentence for either of these two. */
  readonly pauseMs: number;
  /** Where programs are looked for. */
  readonly path: string;
  readonly clock: Clock;
  /** Hears of a provider that comes last for a while, or in its turn again. */
  readonly onHealthChange: (change: HealthChange) => void;
};

/** Everything that can listen. Nobody is asked before somebody listens. */
export function openRecognition(settings: RecognitionSettings): SpeechRecognizer {
  const { providers: order, clouds, clock, onHealthChange } = settings;
  const local = localProvider(settings);
  const providers = [
    ...(clouds.gcp ? [gcp(clouds.gcp)] : []),
    ...(clouds.aws ? [aws(clouds.aws)] : []),
    ...(local ? [local] : []),
  ];
  return recognizer({ providers, order, clock, health: providerHealth(clock, onHealthChange) });
}

function localProvider(settings: RecognitionSettings): RecognitionProvider | undefined {
  const { model, endpoint: server, pauseMs, path } = settings;
  if (model) return model;
  if (server) return endpoint({ ...server, pauseMs });
  const isInstalled = path.split(":").some((folder) => folder !== "" && existsSync(join(folder, "pocketsphinx")));
  return isInstalled ? pocketsphinx(toolRunner(), pauseMs) : undefined;
}
