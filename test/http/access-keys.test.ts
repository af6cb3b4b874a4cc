import { expect, test } from "vitest";
import { ANNA, startApi } from "./support/server.ts";

test("a key is shown once, opens the API, and is worthless when it was removed", async () => {
  const { send, storage } = await startApi();
  const { status, body } = await send("POST", "/v1.0/accesskeys", { name: "script" });
  expect([status, body]).toEqual([201, expect.objectContaining({ name: "script", customer_id: ANNA })]);
  const { key, ...shown } = body;
  const path = `/v1.0/accesskeys/${shown.id}`;
  expect((await send("GET", path, undefined, key)).body).toEqual(shown);
  expect((await send("GET", "/v1.0/accesskeys")).body.result).toContainEqual(shown);
  expect(JSON.stringify(await storage.accessKeys.get(shown.id))).not.toContain(key);
  expect((await send("DELETE", path)).body).toEqual(shown);
  expect((await send("GET", path, undefined, key)).status).toBe(401);
});

test("a key needs no name", async () => {
  const { send } = await startApi();
  expect(await send("POST", "/v1.0/accesskeys", {})).toMatchObject({ status: 201, body: { name: "" } });
});

test("the last key stays, even when two who see each other's go at once", async () => {
  const { send } = await startApi();
  const { body } = await send("POST", "/v1.0/accesskeys", {});
  const [first] = (await send("GET", "/v1.0/accesskeys")).body.result.filter(
    ({ id }: { id: string }) => id !== body.id,
  );
  const removals = await Promise.all(
    [first.id, body.id].map((id) => send("DELETE", `/v1.0/accesskeys/${id}`, undefined, body.key)),
  );
  expect(removals.map(({ status }) => status).toSorted()).toEqual([200, 409]);
  const refused = removals.find(({ status }) => status === 409);
  expect(refused?.body.error).toMatchObject({ status: "FAILED_PRECONDITION", reason: "LAST_KEY" });
});
