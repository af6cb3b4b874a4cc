import { expect, test } from "vitest";
import { startApi } from "./support/server.ts";

test("a process that lives says so without a key", async () => {
  const { send } = await startApi();
  expect(await send("GET", "/healthz", undefined, null)).toMatchObject({ status: 200, body: { alive: true } });
});

test("readiness tells every fault and since when", async () => {
  const faults = [{ component: "asterisk", reason: "not connected", since: "2026-01-01T00:00:00.000Z" }];
  const health = { ready: true, faults: [] as typeof faults };
  const { send } = await startApi({ readiness: () => health });
  expect(await send("GET", "/readyz", undefined, null)).toMatchObject({
    status: 200,
    body: { ready: true, faults: [], programs: ["sox"] },
  });
  Object.assign(health, { ready: false, faults });
  expect(await send("GET", "/readyz", undefined, null)).toMatchObject({ status: 503, body: { ready: false, faults } });
  expect((await send("GET", "/healthz", undefined, null)).status).toBe(200);
});
