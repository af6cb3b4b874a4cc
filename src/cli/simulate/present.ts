import { columns, type Report } from "../report.ts";
import type { Simulation } from "./simulate.ts";
import type { SimulatedStep } from "./transcript.ts";

/** An id that nobody wrote says nothing. */
const GIVEN_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-/;

/** A simulation as people read it. */
export function presentSimulation(simulation: Simulation): Report {
  const rows = simulation.steps.flatMap(stepRows);
  const seconds = (simulation.duration_ms / 1_000).toFixed(1);
  return {
    json: simulation,
    text: `${columns(rows)}The flow ends: ${ENDINGS[simulation.ended] ?? simulation.ended} (${seconds} s of waiting)\n`,
  };
}

const ENDINGS: Readonly<Record<string, string>> = {
  finished: "its list is done; the call is hung up",
  stopped: "an action ended it; the call is hung up",
  hangup: "the caller has hung up",
  step_limit: "too many steps, it goes round in circles",
  jump_limit: "too many jumps, it goes round in circles",
};

/** A line for the action, and one for each further thing that the caller notices. */
function stepRows({ at_ms, action_id, type, happens, outcome }: SimulatedStep): string[][] {
  const told = [...happens, ...(outcome === "next" || outcome === "" ? [] : [outcome])];
  const head = [`${(at_ms / 1_000).toFixed(1).padStart(6)} s`, GIVEN_ID.test(action_id) ? "" : action_id, type];
  return [[...head, told[0] ?? ""], ...told.slice(1).map((text) => ["", "", "", text])];
}
