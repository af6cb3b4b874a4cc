import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { reasons } from "../../src/http/reasons.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/errors.md"), "utf8");

test("docs/errors.md lists every reason as it is, and no other", () => {
  const documented = [...page.matchAll(/^\| `([A-Z_]+)` \| (\d{3}) \| `([A-Z_]+)` \| (.+) \|$/gm)];
  const rows = documented.map(([, reason = "", httpStatus, status, meaning]) => [
    reason,
    { httpStatus: Number(httpStatus), status, meaning },
  ]);
  expect(Object.fromEntries(rows)).toEqual(reasons);
  expect(rows).toHaveLength(Object.keys(reasons).length);
});
