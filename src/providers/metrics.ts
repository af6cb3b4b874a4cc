import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { counters, durations, gauges, type Metrics, type MetricsPage } from "../ports/metrics.ts";

/** From a quick request to a long announcement, seconds. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Metrics for Prometheus, with those of the process. */
export function prometheusMetrics(): Metrics & { readonly page: MetricsPage } {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, prefix: "ringdown_" });
  const histograms = mapValues(durations, (name, { help, labels }) => {
    return new Histogram({
      name: `ringdown_${name}_seconds`,
      help,
      labelNames: [...labels],
      buckets: BUCKETS,
      registers,
    });
  });
  const counts = mapValues(counters, (name, { help, labels }) => {
    return new Counter({ name: `ringdown_${name}_total`, help, labelNames: [...labels], registers });
  });
  return {
    observe: (stage, durationMs, labels = {}) => histograms[stage].observe(labels, durationMs / 1_000),
    count: (event, labels = {}) => counts[event].inc(labels),
    gauge(name, read) {
      new Gauge({
        name: `ringdown_${name}`,
        help: gauges[name].help,
        registers,
        collect() {
          this.set(read());
        },
      });
    },
    page: { contentType: registry.contentType, text: () => registry.metrics() },
  };
}

function mapValues<Name extends string, Value, Result>(
  record: Readonly<Record<Name, Value>>,
  make: (name: Name, value: Value) => Result,
): Readonly<Record<Name, Result>> {
  const entries = Object.entries<Value>(record) as [Name, Value][];
  // `entries` has every name of the record, so the result has too.
  return Object.fromEntries(entries.map(([name, value]) => [name, make(name, value)])) as Record<Name, Result>;
}
