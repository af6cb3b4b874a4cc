import type { Metrics } from "../../src/ports/metrics.ts";

/** For tests of other things. */
export const silentMetrics: Metrics = { observe() {}, count() {}, gauge() {} };
