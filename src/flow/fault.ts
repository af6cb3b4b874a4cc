/** One thing that is wrong with a flow, or doubtful about it, in words for whoever wrote it. */
export type Fault = {
  /** Where: `actions[2].option.duration`. */
  readonly path: string;
  /** A sentence that says what is wrong and what to do. */
  readonly message: string;
  /** What would have been right. */
  readonly expected: string;
  /** What was there, shortened. */
  readonly received?: string;
  /** The valid name that is most like the one written. */
  readonly nearest?: string;
};

/** A path into a document, as people write it: `actions[2].option.target_ids["1"]`. */
export function formatPath(segments: readonly PropertyKey[]): string {
  return segments.map(formatSegment).join("").replace(/^\./, "");
}

function formatSegment(segment: PropertyKey): string {
  if (typeof segment === "number") return `[${segment}]`;
  const name = shorten(String(segment));
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}

/** A value as a message may quote it: never long, whatever it is. */
export function quote(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(shorten(value));
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : `a list of ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
  return value === undefined ? "nothing" : String(value);
}

const QUOTED_CHARACTERS = 80;
const shorten = (text: string): string =>
  text.length > QUOTED_CHARACTERS ? `${text.slice(0, QUOTED_CHARACTERS)}…` : text;
