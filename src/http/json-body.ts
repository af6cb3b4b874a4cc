import type { FastifyInstance } from "fastify";
import { Problem } from "./problem.ts";

/** The largest body: a flow of a thousand long actions fits several times. */
export const BODY_LIMIT_BYTES = 1024 * 1024;

/** Deeper than any flow that people write, and far from what exhausts a stack. */
const DEPTH_LIMIT = 100;

/** Makes JSON, of bounded depth, the only kind of body; an empty one counts as none. */
export function acceptJsonOnly(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser("error", "error");
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<string>("application/json", { parseAs: "string" }, (request, body, done) => {
    if (body.length === 0) return done(null, undefined);
    if (isDeeperThan(DEPTH_LIMIT, body)) {
      return done(new Problem("JSON_TOO_DEEP", `the body nests more than ${DEPTH_LIMIT} levels`));
    }
    return parse(request, body, (error, value) => done(error && (faultIn(body) ?? error), value));
  });
}

/** Where a body stops being JSON, for whoever wrote it by hand. */
function faultIn(body: string): Problem | undefined {
  try {
    JSON.parse(body);
    return undefined;
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/ is not valid JSON$/, "") : String(error);
    return new Problem("INVALID_JSON", `the body is not valid JSON: ${why}`);
  }
}

const QUOTE = 34;
const BACKSLASH = 92;
const OPENING: ReadonlySet<number> = new Set([91, 123]);
const CLOSING: ReadonlySet<number> = new Set([93, 125]);

/** Looked for in the text, because what parses a hostile depth may fail only later, when it is printed or compared. */
function isDeeperThan(limit: number, text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (inString && code === BACKSLASH) index += 1;
    else if (code === QUOTE) inString = !inString;
    else if (!inString && OPENING.has(code)) depth += 1;
    else if (!inString && CLOSING.has(code)) depth -= 1;
    if (depth > limit) return true;
  }
  return false;
}
