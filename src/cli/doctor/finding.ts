/** One thing that was looked at, and what was found. */
export type Finding = {
  /** What was looked at, in a word or two. */
  readonly check: string;
  /** `fault`: calls fail because of it; `doubt`: they may; `unknown`: it could not be looked at. */
  readonly state: "fine" | "doubt" | "fault" | "unknown";
  readonly finding: string;
  /** What to do, a step in each line. */
  readonly remedy: readonly string[];
};

type Make = (check: string, finding: string, ...remedy: readonly string[]) => Finding;
const make =
  (state: Finding["state"]): Make =>
  (check, finding, ...remedy) => ({ check, state, finding, remedy });

export const fine = make("fine");
export const doubt = make("doubt");
export const fault = make("fault");
export const unknown = make("unknown");
