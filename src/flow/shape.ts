import { type Fault, formatPath } from "./fault.ts";

/** Deeper than any flow, shallower than any stack. */
const MAXIMUM_DEPTH = 64;

/** What makes a document unfit to be looked at at all: too deep, or made to be mistaken for something else. */
export function shapeFault(document: unknown): Fault | undefined {
  const waiting: { readonly value: unknown; readonly path: readonly PropertyKey[] }[] = [{ value: document, path: [] }];
  for (let item = waiting.pop(); item; item = waiting.pop()) {
    const { value, path } = item;
    if (typeof value !== "object" || value === null) continue;
    if (path.length >= MAXIMUM_DEPTH) {
      const expected = `at most ${MAXIMUM_DEPTH} levels`;
      return { path: formatPath(path.slice(0, 8)), message: `the document goes too deep: ${expected}`, expected };
    }
    if (Object.hasOwn(value, "__proto__")) {
      const message = 'the name "__proto__" can\'t be used';
      return { path: formatPath([...path, "__proto__"]), message, expected: "another name" };
    }
    for (const [key, child] of Object.entries(value)) {
      // Only what can hold more is worth the memory.
      if (typeof child !== "object" || child === null) continue;
      waiting.push({ value: child, path: [...path, Array.isArray(value) ? Number(key) : key] });
    }
  }
  return undefined;
}
