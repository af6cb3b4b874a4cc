import { expect, test } from "vitest";
import { counters, durations, gauges } from "../../src/ports/metrics.ts";
import { prometheusMetrics } from "../../src/providers/metrics.ts";

test("everything that is measured stands on the page from the start, with its help", async () => {
  const metrics = prometheusMetrics();
  for (const name of Object.keys(gauges) as (keyof typeof gauges)[]) metrics.gauge(name, () => 3);
  const text = await metrics.page.text();
  for (const [name, { help }] of Object.entries(durations))
    expect(text).toContain(`# HELP ringdown_${name}_seconds ${help}`);
  for (const [name, { help }] of Object.entries(counters))
    expect(text).toContain(`# HELP ringdown_${name}_total ${help}`);
  for (const name of Object.keys(gauges)) expect(text).toContain(`ringdown_${name} 3`);
  expect(text).toContain("ringdown_process_resident_memory_bytes");
});

test("durations are told in seconds, by their labels", async () => {
  const metrics = prometheusMetrics();
  metrics.observe("action", 1_500, { action: "sleep", outcome: "next" });
  metrics.count("calls", { direction: "incoming", reason: "normal" });
  const text = await metrics.page.text();
  expect(text).toContain('ringdown_action_seconds_sum{action="sleep",outcome="next"} 1.5');
  expect(text).toContain('ringdown_calls_total{direction="incoming",reason="normal"} 1');
});
