import type { CallRecorder } from "../../ports/call-recorder.ts";
import type { Ids } from "../../ports/ids.ts";
import type { CallScope } from "../call-scope.ts";
import { memoOf, type RunState, type Step } from "../run-state.ts";
import { recordedCall } from "./recorded-call.ts";
import type { Recordings } from "./recordings.ts";

type Parts = {
  readonly scope: CallScope;
  readonly state: RunState;
  readonly step: Step;
  readonly recordings: Recordings;
  readonly ids: Ids;
};

/** What a step may record. */
export const callRecorderOf = ({ scope, state, step, recordings, ids }: Parts): CallRecorder => ({
  async start(order) {
    const id = await memoOf(state, step.id)("recordingId", ids.next);
    return recordings.start(recordedCall(scope), id, order);
  },
  stop: () => recordings.stop(scope.call.id),
});
