import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import type { Registrations } from "../../src/ports/registrations.ts";
import { TelephonyError } from "../../src/ports/telephony.ts";
import { ANNA, BERTS_KEY, startApi } from "./support/server.ts";

const digest = (user: string, password: string): string =>
  createHash("md5").update(`${user}:ringdown:${password}`).digest("hex");

test("an extension is made with a password that is shown once, and kept as a digest only", async () => {
  const { send, storage, lines } = await startApi();
  const created = await send("POST", "/v1.0/extensions", { extension: "2001", name: "Desk" });
  expect(created).toMatchObject({
    status: 201,
    body: { extension: "2001", name: "Desk", detail: "", status: "pending", customer_id: ANNA },
  });
  const { password, ...shown } = created.body;
  expect(password).toMatch(/^[\w-]{24}$/);
  const path = `/v1.0/extensions/${shown.id}`;
  expect((await send("GET", path)).body).toEqual(shown);
  expect((await send("GET", "/v1.0/extensions")).body.result).toEqual([shown]);
  const stored = await storage.extensions.byName("2001");
  expect(stored?.digest).toBe(digest("2001", password));
  expect(JSON.stringify(stored) + lines.join()).not.toContain(password);
  expect((await send("DELETE", path)).body).toEqual(shown);
  expect((await send("GET", path)).status).toBe(404);
});

test("a password of one's own is not repeated, and can be changed", async () => {
  const { send, storage } = await startApi();
  const { body } = await send("POST", "/v1.0/extensions", { extension: "anna", password: "correct-horse" });
  expect(body).not.toHaveProperty("password");
  expect((await storage.extensions.byName("anna"))?.digest).toBe(digest("anna", "correct-horse"));
  const changed = await send("PUT", `/v1.0/extensions/${body.id}`, { password: "battery-staple", detail: "new" });
  expect(changed).toMatchObject({ status: 200, body: { extension: "anna", detail: "new", name: "" } });
  expect(changed.body).not.toHaveProperty("digest");
  expect((await storage.extensions.byName("anna"))?.digest).toBe(digest("anna", "battery-staple"));
});

test.each([
  ["no name", {}, "extension"],
  ["a name that leads elsewhere", { extension: "20/01" }, "extension"],
  ["a name that Asterisk's configuration has", { extension: "Loopback" }, "extension"],
  ["a short password", { extension: "2001", password: "short" }, "password"],
  ["an unknown field", { extension: "2001", pasword: "correct-horse" }, "pasword"],
])("%s is refused", async (_title, body, path) => {
  const { send } = await startApi();
  expect(await send("POST", "/v1.0/extensions", body)).toMatchObject({
    status: 400,
    body: { error: { reason: "INVALID_BODY", details: [{ path }] } },
  });
});

test("the number of an extension stays, and belongs to one customer only", async () => {
  const { send } = await startApi();
  const { body } = await send("POST", "/v1.0/extensions", { extension: "2001" });
  expect((await send("PUT", `/v1.0/extensions/${body.id}`, { extension: "2002" })).status).toBe(400);
  expect(await send("POST", "/v1.0/extensions", { extension: "2001" }, BERTS_KEY)).toMatchObject({
    status: 409,
    body: { error: { details: [{ path: "extension", received: '"2001"' }] } },
  });
});

test("an extension has a flow for texts, one of the customer's own, and may lose it again", async () => {
  const { send } = await startApi();
  const flow = (await send("POST", "/v1.0/flows", { actions: [{ type: "stop" }] })).body.id;
  const { body } = await send("POST", "/v1.0/extensions", { extension: "2001", message_flow_id: flow });
  expect(body.message_flow_id).toBe(flow);
  const path = `/v1.0/extensions/${body.id}`;
  expect((await send("PUT", path, { name: "Desk" })).body).toMatchObject({ name: "Desk", message_flow_id: flow });
  const foreign = "b5ef5e64-f7ca-11ec-bbe9-9f74186a2a72";
  expect((await send("PUT", path, { message_flow_id: foreign })).body.error.reason).toBe("UNKNOWN_FLOW");
  expect((await send("PUT", path, { message_flow_id: "" })).body.message_flow_id).toBe(null);
});

test("an extension shows the phones that are registered, or that nobody can tell", async () => {
  const phone = { uri: "sip:2001@192.0.2.7:5060", userAgent: "Desk/1", expiresAt: "2026-01-01T00:05:00.000Z" };
  let isAway = false;
  const registrations: Registrations = {
    async of(accounts) {
      if (isAway) throw new TelephonyError("unavailable", "registrations", "Asterisk is away");
      return new Map(accounts.filter((name) => name === "2001").map((name) => [name, [phone]]));
    },
  };
  const { send } = await startApi({ registrations });
  const made = await send("POST", "/v1.0/extensions", { extension: "2001" });
  const contacts = [{ uri: phone.uri, user_agent: "Desk/1", tm_expire: phone.expiresAt }];
  expect(made.body).toMatchObject({ registered: true, contacts });
  await send("POST", "/v1.0/extensions", { extension: "2002" });
  expect((await send("GET", "/v1.0/extensions")).body.result).toMatchObject([
    { extension: "2002", registered: false, contacts: [] },
    { extension: "2001", registered: true, contacts },
  ]);
  isAway = true;
  expect((await send("GET", `/v1.0/extensions/${made.body.id}`)).body).toMatchObject({
    registered: null,
    contacts: null,
  });
});
