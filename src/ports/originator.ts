import type { Action } from "../model/action.ts";
import type { Address } from "../model/address.ts";

/** Independent calls that a step makes: one for each destination, each with a run of its own. */
export type IndependentCalls = {
  readonly source?: Address | undefined;
  readonly destinations: readonly Address[];
  readonly flowId: string | null;
  readonly actions: readonly Action[];
  readonly onCompleteFlowId: string | null;
  /** They are hung up when the call of this step is. */
  readonly chained: boolean;
  readonly earlyExecution: boolean;
};

/** Makes calls that have nothing more to do with the step. */
export interface Originator {
  /**
   * Stores them and lets them ring; asked for again after a crash, it finds them.
   * @throws DialLoopError, VariableLimitError
   */
  place(calls: IndependentCalls): Promise<void>;
}
