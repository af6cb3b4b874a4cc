import type { TimelineEntry } from "../../model/timeline.ts";

/** One step of a simulated run: what was heard, pressed and decided. */
export type SimulatedStep = {
  readonly at_ms: number;
  readonly action_id: string;
  readonly type: string;
  /** What the caller notices, in order: `says "Hello" (en-US)`, `presses 1`. */
  readonly happens: readonly string[];
  /** `next`, `jump to menu`, …; or why the action was skipped or failed. */
  readonly outcome: string;
};

/** What is written down while a flow runs. */
export interface Transcript {
  readonly steps: readonly SimulatedStep[];
  /** Something that the caller notices in the step that runs. */
  note(text: string): void;
  /** A fact of the engine. */
  fact(entry: TimelineEntry, atMs: number): void;
}

export function createTranscript(): Transcript {
  const steps: (SimulatedStep & { happens: string[]; outcome: string })[] = [];
  const current = () => steps.at(-1);
  return {
    steps,
    note: (text) => void current()?.happens.push(text),
    fact({ type, data }, atMs) {
      const { action_id: id, action } = data;
      if (type === "action_started" || type === "action_skipped") {
        const outcome = type === "action_skipped" ? `skipped: ${String(data.why)}` : "";
        steps.push({ at_ms: atMs, action_id: String(id), type: String(action), happens: [], outcome });
      }
      const step = current();
      if (step && type === "action_ended") step.outcome = String(data.outcome);
      if (step && type === "action_failed") step.outcome = `failed: ${String(data.message)}`;
      if (step && type === "note") step.happens.push(String(data.message));
      if (step && type === "media_failed") step.happens.push(`no audio: ${String(data.reason)}`);
    },
  };
}
