import { Problem } from "./problem.ts";

/** A step shorter than this is not worth a line. */
const SILENT_MS = 2_000;
/** How often a long step shows that it is alive. */
const REMINDER_MS = 15_000;

/** Writes one line to the terminal. Standard error, so that the result alone is on standard output. */
export const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

/** Runs a step; one that takes longer than two seconds is shown, with its seconds. */
export const step = async <Result>(title: string, work: () => Promise<Result>): Promise<Result> => {
  const startedMs = performance.now();
  const elapsedMs = () => performance.now() - startedMs;
  const seconds = () => `${(elapsedMs() / 1000).toFixed(1)} s`;
  const announcement = setTimeout(() => say(`… ${title}`), SILENT_MS);
  const reminder = setInterval(() => say(`… ${title} (${seconds()})`), REMINDER_MS);
  try {
    const result = await work();
    if (elapsedMs() >= SILENT_MS) say(`✓ ${title} (${seconds()})`);
    return result;
  } catch (error) {
    say(`✗ ${title} (${seconds()})`);
    throw error;
  } finally {
    clearTimeout(announcement);
    clearInterval(reminder);
  }
};

/** Tells what went wrong: of a problem also the remedy, of anything else where it happened. */
export const tell = (error: unknown): void => {
  if (error instanceof Problem) {
    say(`✗ ${error.message}`);
    say(`  What to do: ${error.remedy}`);
    return;
  }
  say(`✗ ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
};
