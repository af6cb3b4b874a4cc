import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";

/** How many checks went which way. */
export type Tally = { readonly passed: number; readonly failed: number };

/** One check that is not a test of its own: lint, types, a step that must work. */
export const tallyOf = (succeeded: boolean): Tally => (succeeded ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });

/** Adds up. */
export const total = (tallies: readonly Tally[]): Tally =>
  tallies.reduce((sum, { passed, failed }) => ({ passed: sum.passed + passed, failed: sum.failed + failed }), {
    passed: 0,
    failed: 0,
  });

const reportSchema = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.object({ status: z.string() })) })),
});

/** Reads what a test run reported; a run that failed without saying in which test counts as one failure. */
export const tallyOfReport = (file: string, succeeded: boolean): Tally => {
  if (!existsSync(file)) return tallyOf(false);
  const report = reportSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  // A file may fail beside its tests: when it is read, before the first or after the last.
  const broken = report.testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some(({ status }) => status === "failed"),
  );
  const failed = report.numFailedTests + broken.length;
  return { passed: report.numPassedTests, failed: succeeded ? failed : Math.max(failed, 1) };
};
