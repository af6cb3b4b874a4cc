import { expect, test } from "vitest";
import { BERTS_KEY, startApi, type TestApi } from "./support/server.ts";

const flow = { name: "menu", actions: [{ id: "a", type: "answer" }] };
const flowsOf = async ({ send }: TestApi, key?: string): Promise<number> =>
  (await send("GET", "/v1.0/flows", undefined, key)).body.result.length;
const create = ({ send }: TestApi, body: unknown, idempotencyKey: string, key?: string) =>
  send("POST", "/v1.0/flows", body, key, { "idempotency-key": idempotencyKey });

test("a create that is sent again is answered the same and not done again", async () => {
  const api = await startApi();
  const first = await create(api, flow, "k");
  const { name, ...others } = flow;
  const again = await create(api, { ...others, name }, "k");
  expect([again.status, again.body]).toEqual([201, first.body]);
  expect([first, again].map(({ headers }) => headers["idempotent-replayed"])).toEqual([undefined, "true"]);
  expect(await flowsOf(api)).toBe(1);
});

test("those sent while the first one runs wait for it", async () => {
  const api = await startApi();
  const answers = await Promise.all(Array.from({ length: 5 }, () => create(api, flow, "k")));
  expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
  expect(answers.map(({ status }) => status)).toEqual(Array(5).fill(201));
  expect(await flowsOf(api)).toBe(1);
});

test("another request with the same key is refused, also while the first one runs", async () => {
  const api = await startApi();
  const [first, meanwhile] = await Promise.all([create(api, flow, "k"), create(api, { ...flow, name: "x" }, "k")]);
  const later = await create(api, { ...flow, name: "y" }, "k");
  const elsewhere = await api.send("POST", "/v1.0/activeflows", flow, undefined, { "idempotency-key": "k" });
  expect([first.status, meanwhile.status, later.status, elsewhere.status]).toEqual([201, 409, 409, 409]);
  expect(later.body.error).toMatchObject({ status: "FAILED_PRECONDITION", reason: "IDEMPOTENCY_KEY_REUSED" });
});

test("keys of one customer mean nothing to another", async () => {
  const api = await startApi();
  await create(api, flow, "k");
  expect((await create(api, { ...flow, name: "Bert's" }, "k", BERTS_KEY)).status).toBe(201);
  expect(await flowsOf(api, BERTS_KEY)).toBe(1);
});

test("what was refused may be sent again under the same key, corrected or not", async () => {
  const api = await startApi();
  expect((await create(api, { actions: [{ type: "slep" }] }, "k")).status).toBe(400);
  expect((await create(api, { actions: [{ type: "slep" }] }, "k")).status).toBe(400);
  expect((await create(api, flow, "k")).status).toBe(201);
});

test("a key lasts for a day", async () => {
  const api = await startApi();
  await create(api, flow, "k");
  api.pass(24 * 60 * 60 * 1_000);
  expect((await create(api, flow, "k")).headers["idempotent-replayed"]).toBeUndefined();
  expect(await flowsOf(api)).toBe(2);
});

test("secrets of answers are kept so that only who has the key can read them", async () => {
  const api = await startApi({
    storage: (opened) => ({ ...opened, idempotency: { ...opened.idempotency, answer: see } }),
  });
  const seen: string[] = [];
  async function see(_id: string, answer: string): Promise<void> {
    seen.push(answer, Buffer.from(answer, "base64").toString());
  }
  const { body } = await api.send("POST", "/v1.0/accesskeys", {}, undefined, { "idempotency-key": "k" });
  expect(seen).toHaveLength(2);
  expect(seen.join()).not.toContain(body.key);
});

test("a request that a crash cut short is not done again", async () => {
  const api = await startApi({
    storage: (opened) => ({ ...opened, idempotency: { ...opened.idempotency, answer: async () => {} } }),
  });
  await create(api, flow, "k");
  expect(await create(api, flow, "k")).toMatchObject({
    status: 409,
    body: { error: { reason: "IDEMPOTENCY_INTERRUPTED" } },
  });
  expect(await flowsOf(api)).toBe(1);
});

test("a key that is too long is refused", async () => {
  const api = await startApi();
  const { status, body } = await create(api, flow, "k".repeat(256));
  expect([status, body.error.reason]).toEqual([400, "INVALID_HEADER"]);
});
