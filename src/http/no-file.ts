import type { Recording } from "../model/recording.ts";
import { Problem } from "./problem.ts";

/** That a recording has ended without a file, and why. */
export const noFile = ({ fault }: Pick<Recording, "fault">): Problem =>
  new Problem("RESOURCE_NOT_FOUND", `the recording has no file: ${fault ?? "nothing was recorded"}`);
