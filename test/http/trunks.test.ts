import { expect, test } from "vitest";
import { ANNA, startApi } from "./support/server.ts";

const HOST = { name: "carrier", host: "sip.example.com" };
const ACCOUNT = { username: "anna", password: "hunter-22" };

test("a trunk is made of a name and a host", async () => {
  const { send } = await startApi();
  const created = await send("POST", "/v1.0/trunks", HOST);
  expect(created).toMatchObject({
    status: 201,
    body: { ...HOST, customer_id: ANNA, port: 5060, transport: "udp", register: false, prefixes: [], priority: 0 },
  });
  const path = `/v1.0/trunks/${created.body.id}`;
  expect((await send("GET", path)).body).toEqual(created.body);
  expect((await send("GET", "/v1.0/trunks")).body.result).toEqual([created.body]);
  expect((await send("DELETE", path)).body).toEqual(created.body);
  expect((await send("GET", path)).status).toBe(404);
});

test("a password is kept, and neither shown nor logged", async () => {
  const { send, storage, lines } = await startApi();
  const created = await send("POST", "/v1.0/trunks", { ...HOST, ...ACCOUNT, register: true });
  expect([created.status, created.body.username, created.body.register]).toEqual([201, "anna", true]);
  const path = `/v1.0/trunks/${created.body.id}`;
  const changed = await send("PUT", path, { password: "battery-staple" });
  const refused = await send("PUT", path, { password: "hunter-22\n" });
  expect([changed.status, refused.status]).toEqual([200, 400]);
  expect((await storage.trunks.get(created.body.id))?.password).toBe("battery-staple");
  const answers = [created, changed, refused, await send("GET", path), await send("GET", "/v1.0/trunks")];
  expect(JSON.stringify(answers) + lines.join()).not.toMatch(/hunter-22|battery-staple/);
});

test("a change leaves what it does not name, and is judged together with it", async () => {
  const { send } = await startApi();
  const { body } = await send("POST", "/v1.0/trunks", { ...HOST, ...ACCOUNT, prefixes: ["+49"], max_calls: 3 });
  const path = `/v1.0/trunks/${body.id}`;
  const changed = await send("PUT", path, { register: true, priority: 7, max_calls: null });
  const { tm_update, ...rest } = body;
  expect(changed.body).toMatchObject({ ...rest, register: true, priority: 7, max_calls: null });
  expect(changed.body.tm_update > tm_update).toBe(true);
  const pathsOf = (answer: typeof changed) => answer.body.error.details.map(({ path }: { path: string }) => path);
  expect(pathsOf(await send("PUT", path, { username: null, password: null }))).toEqual(["username", "password"]);
  expect(pathsOf(await send("PUT", path, { register: false, username: null }))).toEqual(["username"]);
  expect((await send("PUT", path, { register: false, username: null, password: null })).status).toBe(200);
  expect(pathsOf(await send("PUT", path, { customer_id: "x" }))).toEqual(["customer_id"]);
  expect(pathsOf(await send("PUT", path, []))).toEqual([""]);
});

test.each([
  [{ name: "carrier" }, "host", "host is missing: give text"],
  [
    { ...HOST, host: "a;b" },
    "host",
    'host must be a DNS name such as sip.example.com, or an IPv4 address, without sip: and port, not "a;b"',
  ],
  [{ ...HOST, port: 70_000 }, "port", "port must be a whole number from 1 to 65535, not 70000"],
  [{ ...HOST, transport: "tpc" }, "transport", 'transport must be one of "udp", "tcp", not "tpc"; did you mean "tcp"?'],
  [
    { ...HOST, prefixes: ["0049"] },
    "prefixes[0]",
    'prefixes[0] must be the beginning of a number in E.164, such as +49, or + for every number, not "0049"',
  ],
  [
    { ...HOST, username: "anna" },
    "password",
    "password is missing: give what the carrier knows: username and password go together",
  ],
  [{ ...HOST, hots: "x" }, "hots", 'there is no "hots" here; did you mean "host"?'],
])("%j is refused with its place and its remedy", async (body, path, message) => {
  const { send } = await startApi();
  expect(await send("POST", "/v1.0/trunks", body)).toMatchObject({
    status: 400,
    body: { error: { reason: "INVALID_BODY", details: [{ path, message }] } },
  });
});

test("a trunk is made once, however often it is sent with one key", async () => {
  const { send } = await startApi();
  const make = () => send("POST", "/v1.0/trunks", HOST, undefined, { "idempotency-key": "k" });
  expect((await make()).body.id).toBe((await make()).body.id);
});
