import type { Fault } from "../flow/fault.ts";
import { lines } from "./report.ts";

/** The command can't be carried out, for a reason that its user can mend. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly remedy: string | undefined;
  readonly details: readonly Fault[];

  constructor(message: string, { remedy, details = [] }: { remedy?: string; details?: readonly Fault[] } = {}) {
    super(message);
    this.remedy = remedy;
    this.details = details;
  }
}

/** The command was not given as it should be. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Each fault in a line of its own: `actions[2].option.duration: …`. */
export const faultLines = (faults: readonly Fault[], mark = ""): string =>
  lines(faults.map(({ path, message }) => `${mark}${path === "" ? "" : `${path}: `}${message}`));
