import { describe, expect, test } from "vitest";
import fetchAction from "../../src/actions/fetch.ts";
import { testOption } from "../support/option.ts";
import { createStep, type World } from "../support/step.ts";

const event_url = "https://a.test/next?sig=a%20b+c";
const RUN = {
  "voipbin.activeflow.id": "run",
  "voipbin.activeflow.reference_type": "call",
  "voipbin.activeflow.reference_id": "call-1",
};
const about = { activeflow_id: "run", reference_type: "call", reference_id: "call-1" };
const answered = { kind: "fork", actions: [{ id: "made-1", type: "answer", option: {} }] };
const fetchFrom = (world: World, option = {}) =>
  createStep(fetchAction, { event_url, ...option }, { ...world, variables: { ...RUN, ...world.variables } });

describe("fetch", () => {
  test.each([[[{ type: "answer" }]], [{ actions: [{ type: "answer" }], name: "ignored" }]])("runs %j", async (body) => {
    const step = fetchFrom({ answer: () => ({ body }) });
    expect(await step.run()).toEqual(answered);
    expect(step.variables.get("voipbin.fetch.status_code")).toBe("200");
  });

  test("tells by POST which run asks, and its variables", async () => {
    const step = fetchFrom({ answer: () => ({ body: [] }), variables: { a: "1" } });
    await step.run();
    const [request] = step.requests;
    expect(request).toMatchObject({ url: event_url, method: "POST", idempotencyKey: "step", tries: 3 });
    expect(JSON.parse(request?.body ?? "")).toMatchObject({ ...about, variables: { a: "1" } });
  });

  test("tells it by GET in the query, beside what the URL has, as it is written", async () => {
    const step = fetchFrom({ answer: () => ({ body: [] }) }, { event_method: "GET" });
    await step.run();
    const [request] = step.requests;
    expect(request?.url).toMatch(/^https:\/\/a\.test\/next\?sig=a%20b\+c&activeflow_id=run&/);
    expect(request?.body).toBeUndefined();
    const { variables, ...rest } = Object.fromEntries(new URL(request?.url ?? "").searchParams);
    expect(rest).toMatchObject(about);
    expect(JSON.parse(variables ?? "")).toMatchObject(RUN);
  });

  test("leaves out variables that no query can hold, and says so", async () => {
    const world = { answer: () => ({ body: [] }), variables: { long: "x".repeat(9_000) } };
    const step = fetchFrom(world, { event_method: "GET" });
    await step.run();
    expect(step.requests[0]?.url).toBe(`${event_url}&activeflow_id=run&reference_type=call&reference_id=call-1`);
    expect(step.log).toContain('note {"message":"the variables are too long for a query: use POST"}');
  });

  test.each([
    [{ status: 404 }, "answered 404"],
    [{ status: 302 }, "answered 302"],
    [{ body: "<html>" }, "not JSON"],
    [{ body: "null" }, "actions: must be a list of actions"],
    [{ body: {} }, "actions: must be a list of actions"],
    [{ body: [{ type: "fly" }] }, 'no action of type "fly"'],
    [{ body: [{ type: "goto", option: { target_id: "nowhere", loop_count: 1 } }] }, "nowhere"],
    [{ body: new Array(1_001).fill({ type: "answer" }) }, "at most 1000"],
    [{ body: new Array(9).fill({ type: "fly" }) }, "and 6 more"],
    [{ body: "[", missing: "too_large" }, "did not come whole: too_large"],
    [{ body: `${"[".repeat(10_000)}${"]".repeat(10_000)}` }, "too deep"],
  ] as const)("fails on %j", async (answer, message) => {
    const step = fetchFrom({ answer: () => answer });
    await expect(step.run()).rejects.toThrow(message);
  });

  test.each([
    [401, "credentials"],
    [404, "URL"],
    [429, "fewer"],
    [503, "log"],
  ])("an answer %d is told with what to do about it", async (status, remedy) => {
    const step = fetchFrom({ answer: () => ({ status }) });
    await expect(step.run()).rejects.toMatchObject({ remedy: expect.stringContaining(remedy) });
  });

  test("fails without an answer, with 0 as its status", async () => {
    const step = fetchFrom({ variables: { "voipbin.fetch.status_code": "200" } });
    await expect(step.run()).rejects.toMatchObject({ fault: "unreachable" });
    expect(step.variables.get("voipbin.fetch.status_code")).toBe("0");
  });

  test("begun again after a crash, does not ask again for what was answered", async () => {
    const step = fetchFrom({ answer: () => ({ body: [{ id: "a", type: "answer" }] }) });
    const first = await step.run();
    expect(await step.run()).toEqual(first);
    expect(step.requests).toHaveLength(1);
  });
});

testOption(fetchAction, {
  accepted: [
    [{ event_url: "https://a.test/x" }, { event_method: "POST" }],
    [{ event_url: "http://a.test", event_method: "GET" }],
  ],
  refused: [
    {},
    { event_url: "a.test" },
    { event_url: "file:///etc/passwd" },
    { event_url: "https://a.test", event_method: "PUT" },
  ],
});
