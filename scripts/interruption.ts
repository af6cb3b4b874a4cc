import { Problem } from "./prerequisites/problem.ts";

/** Resolves at Ctrl-C or when asked to end; a second one changes nothing, so that cleaning up always ends. */
export const interruption = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => resolve());
  });

/** The work's result, or a problem as soon as somebody interrupts it. */
export const unlessInterrupted = <Result>(interrupted: Promise<void>, work: Promise<Result>): Promise<Result> =>
  Promise.race([
    work,
    interrupted.then(() => {
      throw new Problem("Interrupted.", "run it again");
    }),
  ]);
