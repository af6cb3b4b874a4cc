import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

test("what is generated is as the generator makes it", { timeout: 60_000 }, () => {
  const root = join(import.meta.dirname, "..");
  const { status, stderr } = spawnSync(process.execPath, ["scripts/generate.ts", "--check"], {
    cwd: root,
    encoding: "utf8",
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});
