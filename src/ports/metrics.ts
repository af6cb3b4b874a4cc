/** How long stages take; on the page of metrics in seconds, as `ringdown_NAME_seconds`. */
export const durations = {
  invite_to_stasis: { help: "From the arrival of a call in Asterisk to its arrival here.", labels: [] },
  stasis_to_first_action: { help: "From the arrival of a call here to the beginning of its first action.", labels: [] },
  action: { help: "Length of an action.", labels: ["action", "outcome"] },
  ari_request: { help: "Time of a request to Asterisk.", labels: ["operation", "outcome"] },
  transcription: { help: "From the end of something said to the moment when it was understood.", labels: ["provider"] },
  chatbot_engine: {
    help: "From a question to a chatbot to the first of its reply; of replies that were heard.",
    labels: ["engine"],
  },
  chatbot_reply: {
    help: "From what a caller said being understood to the first of the reply on its way to the caller's ear.",
    labels: ["engine"],
  },
  speech: { help: "Time of a speech provider's attempt.", labels: ["provider", "outcome"] },
} as const;

/** What is counted, as `ringdown_NAME_total`. */
export const counters = {
  ari_connections: { help: "Connections to Asterisk that came up; all but the first are reconnects.", labels: [] },
  leftovers_reaped: { help: "Bridges and channels of runs that had ended while nobody was there.", labels: [] },
  transcription_failures: { help: "Failures of transcription providers.", labels: ["provider", "fault"] },
  chatbot_turns: { help: "What callers said to chatbots.", labels: ["engine"] },
  chatbot_thrown_away: {
    help: "Replies that were asked for before it was certain what the caller said, and not wanted then.",
    labels: ["engine"],
  },
  chatbot_failures: { help: "Failures of chatbots.", labels: ["engine", "fault"] },
  chatbot_talks: { help: "Talks with chatbots that have ended.", labels: ["engine", "reason"] },
  calls_refused: {
    help: "Calls from outside that were refused: `no_route`, nobody has the number; `no_storage`, it could not be looked up.",
    labels: ["why"],
  },
  calls: { help: "Calls that have ended.", labels: ["direction", "reason"] },
} as const;

/** What is so now, as `ringdown_NAME`. */
export const gauges = {
  live_calls: { help: "Calls that are live." },
} as const;

type Labels = Readonly<Record<string, string>>;

/** Measures; never fails, never waits. */
export interface Metrics {
  observe(stage: keyof typeof durations, durationMs: number, labels?: Labels): void;
  count(event: keyof typeof counters, labels?: Labels): void;
  /** `read` is called each time somebody looks. */
  gauge(name: keyof typeof gauges, read: () => number): void;
}

/** All that was measured, in Prometheus' text format. */
export type MetricsPage = { readonly contentType: string; text(): Promise<string> };
