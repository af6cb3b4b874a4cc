import type { Report } from "./report.ts";
import type { Terminal } from "./terminal.ts";

/** What commands are made with. */
export type Parts = {
  readonly terminal: Terminal;
  /** Tells a report in the form that was asked for. */
  readonly tell: (report: Report, options: { readonly json?: boolean | undefined }) => void;
};
