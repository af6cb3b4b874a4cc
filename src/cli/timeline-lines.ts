import type { TimelineEntry } from "../model/timeline.ts";
import { columns, shorten } from "./report.ts";

/** What comes first on a line, because everything else is about it. */
const SUBJECTS: readonly string[] = ["action", "action_id"];

/** A timeline as people read it: seconds since the beginning, what happened, to what, and the rest of what is known. */
export function timelineLines(entries: readonly TimelineEntry[], beginsAt = entries[0]?.at): string {
  const beginMs = beginsAt === undefined ? 0 : Date.parse(beginsAt);
  return columns(
    entries.map(({ at, type, data }) => [
      `${((Date.parse(at) - beginMs) / 1_000).toFixed(3).padStart(9)} s`,
      type.replaceAll("_", " ").padEnd("speech synthesized".length),
      factInWords(data),
    ]),
  );
}

function factInWords(data: TimelineEntry["data"]): string {
  const { action, action_id, ...rest } = data;
  const subject = SUBJECTS.flatMap((name) => (data[name] === undefined ? [] : [String(data[name])]));
  const others = Object.entries(rest).flatMap(([name, value]) =>
    value === null || value === "" ? [] : [`${name}: ${shorten(plain(value))}`],
  );
  return [subject.join(" "), others.join(", ")].filter((part) => part !== "").join("  ");
}

const plain = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
