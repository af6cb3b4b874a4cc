import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { type } from "./terminal.ts";

const RIGHT = JSON.stringify([{ type: "answer" }, { type: "sleep", option: { duration: 10 } }]);
const WRONG = JSON.stringify([{ type: "answer" }, { type: "sleep", option: { durations: 10 } }]);

let close = () => {};
afterEach(() => close());

/** A Ringdown that answers as told; gives its URL. */
const api = (answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> =>
  new Promise((resolve) => {
    const server = createServer(answer).listen(0, "127.0.0.1", () => {
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    });
    close = () => void server.close();
  });
const answering = (status: number, content: unknown) =>
  api((_request, response) => response.writeHead(status).end(JSON.stringify(content)));

test.each([
  [["--help"], 0],
  [["flow", "--help"], 0],
  [["schema"], 0],
  [["flow", "validate", "-"], 0],
  [["flow", "validate", "/nonexistent"], 1],
  [["calls"], 1],
  [["nonsense"], 2],
  [["flow", "validate"], 2],
  [["calls", "--nonsense"], 2],
  [["call", "1001"], 2],
  [["call", "!", "--flow", "x"], 2],
  [["flow", "simulate", "-", "--digits", "x"], 2],
  [["serve"], 2],
])("ringdown %j ends with %d", async (parameters, code) => {
  expect((await type(parameters, { input: RIGHT })).code).toBe(code);
});

test("faults of a flow are told by their place, all at once, and as JSON when asked for", async () => {
  const told = await type(["flow", "validate", "-"], { input: WRONG });
  expect(told.code).toBe(1);
  expect(told.out).toMatch(
    /^actions\[1\]\.option\.duration: .*\nactions\[1\]\.option\.durations: .*did you mean "duration"/,
  );
  const { out, code } = await type(["flow", "validate", "-", "--json"], { input: WRONG });
  expect(code).toBe(1);
  expect(JSON.parse(out)).toMatchObject({
    valid: false,
    errors: [{ path: "actions[1].option.duration" }, { path: "actions[1].option.durations" }],
  });
});

test("what is no JSON is refused with the reason", async () => {
  const { code, complaint } = await type(["flow", "validate", "-"], { input: "{" });
  expect(code).toBe(1);
  expect(complaint).toMatch(/^ringdown: the standard input is not JSON: /);
});

test("a file that is not there is named by its whole path", async () => {
  const { code, complaint } = await type(["flow", "validate", "nowhere.json"]);
  expect([code, complaint]).toEqual([1, `ringdown: there is no file ${process.cwd()}/nowhere.json\n`]);
});

test("without a key, and without a Ringdown, the remedy is told", async () => {
  expect((await type(["calls"])).complaint).toContain("RINGDOWN_API_KEY");
  const nobody = await type(["calls", "--key", "k", "--url", "http://127.0.0.1:9"]);
  expect(nobody).toMatchObject({ code: 1, complaint: expect.stringContaining("ringdown serve") });
});

test("what Ringdown refuses is told with its reason and details, in JSON on the standard output", async () => {
  const details = [{ path: "destinations[0].type", message: "it can't be dialled", expected: "sip" }];
  const url = await answering(400, {
    error: { status: "INVALID_ARGUMENT", reason: "INVALID_BODY", message: "no", details },
  });
  const told = await type([
    "call",
    "1001",
    "--flow",
    "00000000-0000-4000-8000-000000000001",
    "--key",
    "k",
    "--url",
    url,
  ]);
  expect(told.code).toBe(1);
  expect(told.complaint).toBe("ringdown: INVALID_BODY: no\n  destinations[0].type: it can't be dialled\n");
  const { out, complaint } = await type(["calls", "--key", "k", "--url", url, "--json"]);
  expect(JSON.parse(out)).toMatchObject({ error: { message: "INVALID_BODY: no", details } });
  expect(complaint).toBe("");
});

test("a call is asked for as the API wants it, with the key", async () => {
  const seen: unknown[] = [];
  const url = await api(async (request, response) => {
    const body = await request.toArray();
    seen.push(request.headers.authorization, `${request.method} ${request.url}`, JSON.parse(body.join("")));
    response.end(JSON.stringify({ calls: [{ id: "00000000-0000-4000-8000-000000000002", status: "dialing" }] }));
  });
  const flow = "00000000-0000-4000-8000-000000000001";
  const parameters = ["call", "sip:ann@example.com", "--flow", flow, "--from", "+15550100", "--variable", "a=b=c"];
  const { code, out } = await type([...parameters, "--url", `${url}/`], {
    environment: { RINGDOWN_API_KEY: "the-first-key" },
  });
  expect({ code, out }).toEqual({ code: 0, out: "00000000-0000-4000-8000-000000000002  dialing\n" });
  expect(seen).toEqual([
    "Bearer the-first-key",
    "POST /v1.0/calls",
    {
      source: { type: "tel", target: "+15550100" },
      destinations: [{ type: "sip", target: "sip:ann@example.com" }],
      flow_id: flow,
      variables: { a: "b=c" },
    },
  ]);
});
