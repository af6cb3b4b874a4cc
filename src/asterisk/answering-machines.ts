/**
 * Asterisk's `AMD()`, which judges the channel that runs it: so one that only listens to the call's runs it in the
 * dialplan, and comes back with the verdict. The call itself goes on with its flow.
 */
import type { AnsweringMachines, MachineDetected, MachineVerdict } from "../ports/answering-machines.ts";
import type { Clock } from "../ports/clock.ts";
import { AriError } from "./ari/ari-error.ts";
import type { AriConnection } from "./ari/connection.ts";
import { askThrough } from "./ask.ts";
import { onceEntered } from "./once-entered.ts";
import { applicationOf, argumentsOf, SERVANT } from "./roles.ts";
import type { Snoops } from "./snoops.ts";

/** What `AMD()` goes by; in milliseconds but for the two numbers. */
export type AmdParameters = {
  readonly initialSilenceMs: number;
  readonly greetingMs: number;
  readonly afterGreetingSilenceMs: number;
  readonly totalMs: number;
  readonly minimumWordMs: number;
  readonly betweenWordsMs: number;
  readonly maximumWords: number;
  readonly silenceThreshold: number;
  readonly maximumWordMs: number;
};

export type AnsweringMachinesSettings = {
  readonly connection: AriConnection;
  readonly application: string;
  readonly parameters: AmdParameters;
  readonly snoops: Snoops;
  readonly clock: Clock;
};

/** Where the dialplan judges. */
const JUDGE = { context: "ringdown-service", extension: "amd", priority: 1 } as const;

export function asteriskAnsweringMachines(settings: AnsweringMachinesSettings): AnsweringMachines {
  const { connection, application, parameters, snoops, clock } = settings;
  const { channels } = connection.ari;
  const ask = askThrough(connection);

  /** Whether it listens already. One that was only just made when we died has yet to be sent to where it judges. */
  async function isJudging(channelId: string): Promise<boolean> {
    try {
      const { dialplan } = await channels.get({ channelId });
      return dialplan.app_name !== "Stasis";
    } catch (error) {
      if (error instanceof AriError && error.isGone) return false;
      throw error;
    }
  }

  return {
    listen: (channelId, detectionId, signal) =>
      ask("detectMachine", signal, async () => {
        if (await isJudging(detectionId)) return;
        const listener = { channelId, snoopId: detectionId, spy: "in", app: application, appArgs: SERVANT } as const;
        await snoops.make(listener);
        const set = (variable: string, value: string) =>
          onceEntered(clock, () => channels.setChannelVar({ channelId: detectionId, variable, value }), signal);
        await set("RINGDOWN_AMD", argumentsOfAmd(parameters));
        await set("RINGDOWN_CALL", channelId);
        await channels.continueInDialplan({ channelId: detectionId, ...JUDGE }, { signal });
      }),
    told: (signal) =>
      ask("detectedMachines", signal, async () => {
        const ours = (await channels.list({ signal })).filter(
          ({ dialplan }) => dialplan.app_name === "Stasis" && applicationOf(dialplan.app_data) === application,
        );
        return ours.flatMap(({ id, dialplan }) => machineDetected(id, argumentsOf(dialplan.app_data)) ?? []);
      }),
  };
}

/** In the order in which `AMD()` takes them. */
const argumentsOfAmd = (given: AmdParameters): string =>
  [
    given.initialSilenceMs,
    given.greetingMs,
    given.afterGreetingSilenceMs,
    given.totalMs,
    given.minimumWordMs,
    given.betweenWordsMs,
    given.maximumWords,
    given.silenceThreshold,
    given.maximumWordMs,
  ].join(",");

/** The verdict that a listening channel comes back with; undefined for other channels in our application. */
export function machineDetected(detectionId: string, args: readonly string[]): MachineDetected | undefined {
  const [role, task, channelId, status, cause = ""] = args;
  if (role !== SERVANT || task !== "amd" || channelId === undefined) return undefined;
  return { type: "machine_detected", channelId, detectionId, verdict: verdictOf(status, cause) };
}

const STATUSES = ["HUMAN", "MACHINE", "NOTSURE", "HANGUP"] as const;

const verdictOf = (told: string | undefined, cause: string): MachineVerdict => ({
  status: STATUSES.find((status) => status === told) ?? "NOTSURE",
  cause,
});
