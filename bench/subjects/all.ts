import type { Asterisk } from "../../test/support/asterisk.ts";
import type { Ringdown } from "../../test/support/ringdown.ts";
import type { Callers } from "../load/callers.ts";
import type { Subject } from "../measure/load-run.ts";
import { childRunning } from "../measure/process-usage.ts";
import { startTap, type Tap } from "../measure/tap.ts";
import { type Callees, installPrompts, numbersOf } from "./asterisk.ts";
import { startProgram } from "./program.ts";
import { durationMsOf, spokenPrompts, startBenchRingdown } from "./ringdown.ts";

export type Subjects = AsyncDisposable & {
  /** In the order in which they take turns. */
  readonly all: readonly Required<Subject>[];
  readonly dialplan: Subject;
  readonly ringdown: Ringdown;
  /** Of the longer of the two prompts of the menu. */
  readonly promptMs: number;
  /** What passed between Asterisk and all of them; nothing unless they are tapped. */
  readonly taps: readonly Tap[];
};

const ARI_PORT = 8088;
const LISTEN_PORT = 8082;
/** Where the other ends of the taps are. */
const TAPPED = { ariPort: 8089, listenPort: 8083 };
const RINGDOWN_MAIN = "src/main.ts";

/** Starts everything that takes calls; `tapped`, with a witness between Asterisk and each of them. */
export async function startSubjects(
  asterisk: Asterisk,
  callers: Callers,
  callees: Callees,
  { tapped, environment = {} }: { readonly tapped: boolean; readonly environment?: Readonly<Record<string, string>> },
): Promise<Subjects> {
  await using starting = new AsyncDisposableStack();
  const { address: host } = asterisk;
  const taps: Tap[] = [];
  const tap = async (from: number, to: number): Promise<void> => {
    taps.push(starting.use(await startTap({ host, port: from }, { host, port: to })));
  };
  if (tapped) {
    await tap(TAPPED.ariPort, ARI_PORT);
    await tap(LISTEN_PORT, TAPPED.listenPort);
  }
  const ariUrl = `http://${host}:${tapped ? TAPPED.ariPort : ARI_PORT}`;
  const ends: Readonly<Record<string, string>> = {
    RINGDOWN_ARI_URL: ariUrl,
    RINGDOWN_ARI_LISTEN: `${host}:${TAPPED.listenPort}`,
  };
  const ringdown = starting.use(
    await startBenchRingdown(asterisk, callees, { ...environment, ...(tapped ? ends : profiling()) }),
  );
  const files = await spokenPrompts(ringdown, callers);
  const prompts = installPrompts(asterisk, files);
  const olderClient = starting.use(await startProgram("ari-client", { asterisk, ariUrl, prompts }));
  const socket = starting.use(await startProgram("socket", { asterisk, ariUrl, prompts }));
  const running = starting.move();
  return {
    dialplan: { name: "dialplan", number: numbersOf.dialplan.menu },
    all: [
      { name: "ari-client", number: numbersOf["ari-client"].menu, pid: olderClient.pid },
      { name: "socket", number: numbersOf.socket.menu, pid: socket.pid },
      { name: "ringdown", number: numbersOf.ringdown.menu, pid: childRunning(RINGDOWN_MAIN) },
    ],
    ringdown,
    promptMs: Math.max(durationMsOf(files.welcome), durationMsOf(files.goodbye)),
    taps,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** Options of Node that the operator of the benchmark wants Ringdown to have. */
const profiling = (): Readonly<Record<string, string>> =>
  process.env.BENCH_PROFILE ? { NODE_OPTIONS: process.env.BENCH_PROFILE } : {};
