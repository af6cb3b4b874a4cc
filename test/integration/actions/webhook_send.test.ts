import { expect, test } from "vitest";
import { tonesHeard } from "../../support/call.ts";
import { eventually } from "../../support/eventually.ts";
import { type FlowAction, startLab } from "../../support/lab.ts";
import { SERVER_ADDRESS } from "../../support/loopback.ts";
import { noReply, receive } from "../../support/receiver.ts";
import { aftermathOf, crash, longPrompt, prompt, stored } from "./support.ts";

// The web server of the test and nothing else that is private.
const lab = await startLab({ environment: { RINGDOWN_ALLOW_PRIVATE_URLS: SERVER_ADDRESS } });

test("webhook_send tells who calls, and the answer decides what the caller hears", async () => {
  const server = receive(lab.audio, "/decide", () => ({ body: { menu: { choice: "sales" } } }));
  const call = await lab.call([
    webhook(server.url, { data: '{"to": "${voipbin.call.destination.target}"}' }),
    { type: "branch", option: { variable: "menu.choice", target_ids: { sales: "sales" } } },
    prompt(lab, 440),
    { id: "sales", ...prompt(lab, 620) },
  ]);
  await call.ended();
  expect(tonesHeard(call)).toEqual([620]);
  expect(server.received).toHaveLength(1);
  expect(server.received[0]).toMatchObject({ method: "POST", headers: { "content-type": "application/json" } });
  expect(JSON.parse(server.received[0]?.body ?? "")).toEqual({ to: call.number });
  const { variables, facts } = await aftermathOf(lab, call.number);
  expect(variables).toMatchObject({ "voipbin.webhook.status_code": "200", "menu.choice": "sales" });
  expect(facts("webhook_delivered")).toMatchObject([{ status: 200, attempts: 1 }]);
});

test("answers that can't be used are recorded with their reason, and the caller goes on", async () => {
  const deep = `${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`;
  const answers = { deep: { body: deep }, page: { body: "<html>" }, own: { body: { voipbin: { call: { id: "x" } } } } };
  const bad = receive(lab.audio, "/404", () => ({ status: 404 }));
  const huge = receive(lab.audio, "/huge", () => ({ body: { text: "x".repeat(2_000_000) } }));
  const usable = Object.entries(answers).map(([name, reply]) => receive(lab.audio, `/${name}`, () => reply).url);
  const refused = [bad.url, huge.url, `http://127.0.0.1:8000/`, `http://${SERVER_ADDRESS}:1/`];
  const call = await lab.call([...[...usable, ...refused].map((url) => webhook(url)), prompt(lab, 440)]);
  expect(await call.ended(30_000)).toMatchObject({ by: "refused" });
  expect(tonesHeard(call)).toEqual([440]);
  const { variables, record, facts } = await aftermathOf(lab, call.number);
  expect(variables["voipbin.call.id"]).toBe(record.id);
  expect(variables["voipbin.webhook.status_code"]).toBe("0");
  expect(facts("webhook_delivered")).toHaveLength(3);
  const failed = facts("action_failed");
  expect(failed.map(({ fault, message }) => fault ?? message)).toEqual([
    expect.stringContaining("answered 404"),
    expect.stringContaining("too_large"),
    "refused",
    "unreachable",
  ]);
});

test("killed between the request and its answer, it asks again under the same key, and goes on", async () => {
  const server = receive(lab.audio, "/killed", (_, count) => (count === 1 ? noReply() : { body: { found: "yes" } }));
  const call = await lab.call([
    { type: "answer" },
    webhook(server.url, { data: "digits ${voipbin.call.digits}" }),
    { type: "branch", option: { variable: "found", target_ids: { yes: "yes" } } },
    prompt(lab, 440),
    { id: "yes", ...prompt(lab, 620) },
  ]);
  await eventually("the request", () => server.received.length === 1);
  await call.press("5");
  await stored(lab, call.number, "digit_received");
  await crash(lab);
  await call.heard(620);
  await call.ended();
  expect(server.received.map(({ body }) => body)).toEqual(["digits ", "digits "]);
  const [first, second] = server.received.map(({ headers }) => headers["idempotency-key"]);
  expect(first).toMatch(/\S/);
  expect(second).toBe(first);
});

test("a hangup while it waits ends the call at once", async () => {
  const server = receive(lab.audio, "/hangup", noReply);
  const call = await lab.call([{ type: "answer" }, webhook(server.url), prompt(lab, 440)]);
  await eventually("the request", () => server.received.length === 1);
  await call.hangup();
  const { endedReason } = await aftermathOf(lab, call.number);
  expect(endedReason).toBe("hangup");
});

test("what is not waited for arrives in order, though the server fails at first and we are killed", async () => {
  const server = receive(lab.audio, "/later", (_, count) => {
    if (count === 1) return noReply();
    return { status: count === 2 ? 503 : 200 };
  });
  const later = (data: string) => webhook(server.url, { sync: false, data });
  const call = await lab.call([{ type: "answer" }, later("1"), later("2"), later("3"), longPrompt(lab, 440, 4_000)]);
  await eventually("the first attempt", () => server.received.length === 1);
  await call.heard(440);
  await crash(lab);
  await call.ended();
  await eventually("all of them", () => server.received.length === 5, 40_000);
  expect(server.received.map(({ body }) => body)).toEqual(["1", "1", "1", "2", "3"]);
  expect(server.received.map(({ headers }) => headers["x-ringdown-attempt"])).toEqual(["1", "2", "3", "1", "1"]);
  expect(new Set(server.received.map(({ headers }) => headers["x-ringdown-delivery"])).size).toBe(3);
  await stored(lab, call.number, "webhook_delivered", 3);
});

test("a private address is never asked, also when nobody waits for it", async () => {
  const call = await lab.call([webhook("http://127.0.0.1:8000/", { sync: false }), { type: "hangup" }]);
  await call.ended();
  await stored(lab, call.number, "webhook_failed");
  const { facts } = await aftermathOf(lab, call.number);
  expect(facts("webhook_failed")).toMatchObject([
    { host: "127.0.0.1:8000", attempts: 1, reason: "refused", next_attempt_at: null },
  ]);
});

const webhook = (uri: string, option: Readonly<Record<string, unknown>> = {}): FlowAction => ({
  type: "webhook_send",
  option: { uri, sync: true, ...option },
});
