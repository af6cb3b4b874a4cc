import { describe, expect, test } from "vitest";
import webhookSend from "../../src/actions/webhook_send.ts";
import { next } from "../../src/flow/outcome.ts";
import { testOption } from "../support/option.ts";
import { createStep, type World } from "../support/step.ts";

const uri = "https://a.test:8443/hook?key=secret";
const STATUS = "voipbin.webhook.status_code";
const BODY = "voipbin.webhook.body";
const send = (option: Readonly<Record<string, unknown>>, world: World = {}) =>
  createStep(webhookSend, { uri, sync: true, ...option }, world);

describe("webhook_send that waits", () => {
  test("sends its body with its type, a key of its own, three tries and ten seconds", async () => {
    const step = send(
      { method: "PUT", data_type: "text/plain", data: "from ${who}" },
      { answer: () => ({}), variables: { who: "Ann" } },
    );
    expect(await step.run()).toEqual(next);
    expect(step.requests).toEqual([
      {
        url: uri,
        method: "PUT",
        headers: { "content-type": "text/plain" },
        body: "from Ann",
        idempotencyKey: "step",
        tries: 3,
      },
    ]);
    expect(step.log.at(-1)).toBe('webhook_delivered {"host":"a.test:8443","status":200,"attempts":1}');
  });

  test("takes the fields of a JSON object as variables, and never the system's", async () => {
    const body = { next: { menu: "sales" }, "voipbin.call.digits": "9", voipbin: { webhook: { body: "x" } } };
    const step = send({}, { answer: () => ({ status: 201, body }) });
    await step.run();
    expect(Object.fromEntries(step.variables)).toEqual({
      "next.menu": "sales",
      "voipbin.call.digits": "",
      [STATUS]: "201",
      [BODY]: JSON.stringify(body),
    });
  });

  test.each(["hello", "[1, 2]", '"text"', "", "{"])("keeps %j as the body only", async (body) => {
    const step = send({}, { answer: () => ({ body }) });
    expect(await step.run()).toEqual(next);
    expect(step.variables.get(BODY)).toBe(body);
    expect(step.variables.size).toBe(3);
  });

  test("keeps the first 8 KiB of a long answer, whole characters only", async () => {
    const step = send({}, { answer: () => ({ body: `a${"é".repeat(10_000)}` }) });
    await step.run();
    expect(step.variables.get(BODY)).toBe(`a${"é".repeat(4_095)}`);
  });

  test.each([302, 404, 503])("takes nothing of an answer %d, and fails", async (status) => {
    const step = send({}, { answer: () => ({ status, body: { a: 1 } }) });
    await expect(step.run()).rejects.toThrow(`a.test:8443 answered ${status}`);
    expect(step.variables.get(STATUS)).toBe(String(status));
    expect(step.variables.has("a")).toBe(false);
  });

  test("fails on half an answer, and keeps what came of it", async () => {
    const step = send({}, { answer: () => ({ body: '{"a": 1', missing: "timeout" }) });
    await expect(step.run()).rejects.toThrow("did not come whole: timeout");
    expect(step.variables.get(BODY)).toBe('{"a": 1');
  });

  test("fails without an answer, and forgets the one before", async () => {
    const step = send({}, { variables: { [STATUS]: "200", [BODY]: "old" } });
    await expect(step.run()).rejects.toMatchObject({ fault: "unreachable", host: "a.test:8443" });
    expect([step.variables.get(STATUS), step.variables.get(BODY)]).toEqual(["0", ""]);
  });

  test("begun again after a crash, sends the same again though a variable has changed", async () => {
    const step = send({ data: "${a}" }, { answer: () => ({}), variables: { a: "before" } });
    await step.run();
    step.variables.set("a", "after");
    await step.run();
    expect(step.requests[1]).toEqual(step.requests[0]);
  });
});

test("webhook_send that does not wait leaves it to the outbox", async () => {
  const step = send({ sync: false, data: '{"digits": "${voipbin.call.digits}"}' });
  expect(await step.run()).toEqual(next);
  const request = { url: uri, method: "POST", headers: { "content-type": "application/json" }, body: '{"digits": ""}' };
  expect(step.log).toEqual([`outbox ${JSON.stringify(request)}`]);
});

test.each([
  ["GET", "", undefined],
  ["DELETE", "", undefined],
  ["DELETE", "x", "x"],
  ["POST", "", ""],
])("%s with data %j sends the body %j", async (method, data, body) => {
  const step = send({ method, data }, { answer: () => ({}) });
  await step.run();
  expect(step.requests[0]?.body).toBe(body);
  expect(step.requests[0]?.headers).toEqual(body === undefined ? {} : { "content-type": "application/json" });
});

testOption(webhookSend, {
  accepted: [
    [{ uri: "https://a.test/x" }, { sync: false, method: "POST", data_type: "application/json", data: "" }],
    [{ sync: true, uri: "http://a.test", method: "DELETE", data_type: "text/plain; charset=utf-8", data: "x" }],
  ],
  refused: [
    {},
    { uri: "a.test" },
    { uri: "https://a.test", method: "PATCH" },
    { uri: "https://a.test", data_type: "json" },
    { uri: "https://a.test", data_type: "text/plain; x=\r\nevil: 1" },
    { uri: "https://a.test", data_type: "text/plain; x=ü" },
    { uri: "https://a.test", data: { a: 1 } },
    { uri: "https://a.test", sync: "true" },
  ],
});
