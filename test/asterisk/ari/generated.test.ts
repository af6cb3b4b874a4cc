import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { expect, test } from "vitest";
import { generateAri } from "../../../scripts/generate-ari.ts";

test.each([...generateAri()].map(([path, content]) => ({ file: basename(path), path, content })))(
  "$file is what its generator makes: run npm run generate",
  ({ path, content }) => {
    expect(readFileSync(path, "utf8")).toBe(content);
  },
);
