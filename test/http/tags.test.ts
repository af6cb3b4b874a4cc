import { expect, test } from "vitest";
import { ANNA, BERTS_KEY, startApi } from "./support/server.ts";

test("a tag is made, shown, changed and removed", async () => {
  const { send } = await startApi();
  const made = await send("POST", "/v1.0/tags", { name: "sales" });
  expect(made).toMatchObject({ status: 201, body: { name: "sales", detail: "", customer_id: ANNA } });
  const path = `/v1.0/tags/${made.body.id}`;
  expect((await send("GET", "/v1.0/tags")).body.result).toEqual([made.body]);
  const changed = await send("PUT", path, { detail: "those who sell" });
  expect(changed.body).toEqual({ ...made.body, detail: "those who sell", tm_update: expect.any(String) });
  expect((await send("PUT", path, { name: "" })).status).toBe(400);
  expect((await send("DELETE", path)).body).toEqual(changed.body);
  expect((await send("GET", path)).status).toBe(404);
});

test("a customer's tags have names of their own", async () => {
  const { send } = await startApi();
  const { body } = await send("POST", "/v1.0/tags", { name: "sales" });
  expect(await send("POST", "/v1.0/tags", { name: "sales" })).toMatchObject({
    status: 409,
    body: { error: { reason: "RESOURCE_EXISTS", details: [{ path: "name", received: '"sales"' }] } },
  });
  expect((await send("POST", "/v1.0/tags", { name: "sales" }, BERTS_KEY)).status).toBe(201);
  const { body: other } = await send("POST", "/v1.0/tags", { name: "support" });
  expect((await send("PUT", `/v1.0/tags/${other.id}`, { name: "sales" })).status).toBe(409);
  expect((await send("PUT", `/v1.0/tags/${body.id}`, { name: "sales" })).status).toBe(200);
});

test("a tag that somebody has stays, and tells who has it", async () => {
  const { send } = await startApi();
  const { body: tag } = await send("POST", "/v1.0/tags", { name: "sales" });
  const { body: agent } = await send("POST", "/v1.0/agents", { name: "Bob", addresses: [], tag_ids: [tag.id] });
  const refused = await send("DELETE", `/v1.0/tags/${tag.id}`);
  expect([refused.status, refused.body.error.reason]).toEqual([409, "TAG_IN_USE"]);
  expect(refused.body.error.details).toEqual([expect.objectContaining({ message: expect.stringContaining(agent.id) })]);
  await send("PUT", `/v1.0/agents/${agent.id}/tag_ids`, { tag_ids: [] });
  const { body: queue } = await send("POST", "/v1.0/queues", { name: "sales", tag_ids: [tag.id] });
  const again = await send("DELETE", `/v1.0/tags/${tag.id}`);
  expect(again.body.error.details).toEqual([expect.objectContaining({ message: expect.stringContaining(queue.id) })]);
  await send("PUT", `/v1.0/queues/${queue.id}/tag_ids`, { tag_ids: [] });
  expect((await send("DELETE", `/v1.0/tags/${tag.id}`)).status).toBe(200);
});
