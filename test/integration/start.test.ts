import { once } from "node:events";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { SERVER_ADDRESS } from "../support/loopback.ts";
import { failToServe } from "../support/serve.ts";

/** What keeps `ringdown serve` from starting, and what it says then. */

test.each<[Record<string, string>, string[]]>([
  [{ RINGDOWN_HTTP_PORT: "eighty" }, ["RINGDOWN_HTTP_PORT"]],
  [{ RINGDOWN_HTTP_PORT: "70000" }, ["RINGDOWN_HTTP_PORT"]],
  [{ RINGDOWN_LOG_LEVL: "info" }, ["RINGDOWN_LOG_LEVL", "did you mean RINGDOWN_LOG_LEVEL"]],
  [{ RINGDOWN_API_KEY: "" }, ["RINGDOWN_API_KEY is missing"]],
  [{ RINGDOWN_API_KEY: "short" }, ["RINGDOWN_API_KEY", "8 characters"]],
  [{ RINGDOWN_ARI_LISTEN_PASSWORD: "" }, ["RINGDOWN_ARI_LISTEN_PASSWORD is missing"]],
  [{ RINGDOWN_DATABASE_URL: "mysql://x" }, ["RINGDOWN_DATABASE_URL"]],
  [
    { RINGDOWN_MAX_STEPS: "0", RINGDOWN_ARI_URL: "asterisk", RINGDOWN_NONSENSE: "1" },
    ["3 settings", "RINGDOWN_MAX_STEPS", "RINGDOWN_ARI_URL", "RINGDOWN_NONSENSE"],
  ],
])("with %j it refuses to start and names every fault", async (settings, expected) => {
  const { exitCode, output } = await failToServe(settings);
  expect(exitCode).toBe(2);
  for (const text of expected) expect(output).toContain(text);
  expect(output).not.toContain("    at ");
  expect(output).not.toContain("short");
});

test.each([
  ["RINGDOWN_HTTP_PORT", 8080],
  ["RINGDOWN_MEDIA_PORT", 8081],
  ["RINGDOWN_ARI_LISTEN", 8082],
])("when the port of %s is taken, it says which and ends", async (_setting, port) => {
  const other = createServer().listen(port, SERVER_ADDRESS);
  await once(other, "listening");
  try {
    const { exitCode, output } = await failToServe({});
    expect(exitCode).toBe(1);
    expect(output).toContain(`address already in use ${SERVER_ADDRESS}:${port}`);
  } finally {
    other.close();
  }
});

test.each([
  ["a folder that can't be made", "sqlite:/etc/passwd/ringdown.db"],
  ["a file that is no database", "sqlite:/etc/passwd"],
])("when the database is in %s, it says so and ends", async (_where, url) => {
  const { exitCode, output } = await failToServe({ RINGDOWN_DATABASE_URL: url });
  expect(exitCode).toBe(1);
  expect(output).toContain(`can't open the database ${url}`);
});
