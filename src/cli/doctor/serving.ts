import { z } from "zod";
import { type Config, readApiAccess } from "../../config.ts";
import type { Terminal } from "../terminal.ts";

/** What a Ringdown with these settings says about itself; undefined when none runs. */
export type Serving = z.infer<typeof readinessSchema> | undefined;

const readinessSchema = z.object({
  ready: z.boolean(),
  faults: z.array(z.object({ component: z.string(), reason: z.string() })),
  programs: z.array(z.string()).optional(),
});

/** Longer than a process that lives ever needs. */
const DEADLINE_MS = 5_000;

/** Asks the Ringdown of these settings, if there is one. */
export async function findServing({ environment, envFile }: Terminal): Promise<Serving> {
  try {
    const { url } = readApiAccess(environment, envFile);
    const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(DEADLINE_MS) });
    return readinessSchema.parse(await answer.json());
  } catch {
    return undefined;
  }
}

/** The URL under which Asterisk fetches audio. */
export const mediaUrlOf = ({ RINGDOWN_MEDIA_URL: url, RINGDOWN_MEDIA_BIND: bind, RINGDOWN_MEDIA_PORT: port }: Config) =>
  url ?? `http://${bind}:${port}`;
