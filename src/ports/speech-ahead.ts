import type { Action } from "../model/action.ts";

/** Makes the speech of flows before anybody calls. */
export interface SpeechAhead {
  /** Begins with what these actions are known to say; returns at once. */
  prepare(actions: readonly Action[]): void;
}
