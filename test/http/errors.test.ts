import { expect, test } from "vitest";
import type { Storage } from "../../src/ports/storage.ts";
import { StorageError, type StorageFault } from "../../src/ports/storage-error.ts";
import { type Reply, startApi } from "./support/server.ts";

/** What every error has, whatever its kind. */
function expectProblem({ status, body, headers }: Reply, httpStatus: number, name: string, reason: string): void {
  expect([status, body.error?.status, body.error?.reason]).toEqual([httpStatus, name, reason]);
  expect(Object.keys(body)).toEqual(["error"]);
  expect(Object.keys(body.error)).toEqual(["status", "reason", "message", "request_id", "details"]);
  expect(body.error.message).not.toBe("");
  expect(body.error.request_id).toBe(headers["x-request-id"]);
  expect(JSON.stringify(body)).not.toMatch(/\.ts:\d|node_modules|Error:/);
}

const deep = (levels: number): string => `${'{"actions":'.repeat(levels)}1${"}".repeat(levels)}`;

test.each([
  [
    '{"actions": [\n  {"type": "answer", }\n]}',
    "Expected double-quoted property name in JSON at position 35 (line 2 column 22)",
  ],
  ['{"actions": [{"type": "answer"},]}', "Unexpected token ']', "],
  ['{"actions": [', "Unexpected end of JSON input"],
])("what is not JSON is refused with the place where it stops being so: %s", async (text, why) => {
  const { send } = await startApi();
  const { status, body } = await send("POST", "/v1.0/flows", text);
  expect([status, body.error.reason]).toEqual([400, "INVALID_JSON"]);
  expect(body.error.message).toContain(`the body is not valid JSON: ${why}`);
});

test.each([
  ["not JSON", "hello", 400, "INVALID_JSON"],
  ["half of JSON", '{"number": ', 400, "INVALID_JSON"],
  ["a prototype", '{"number": "1", "__proto__": {"x": 1}}', 400, "INVALID_JSON"],
  ["2 MiB", JSON.stringify({ detail: "x".repeat(2 * 1024 * 1024) }), 413, "BODY_TOO_LARGE"],
  ["10,000 levels of objects", deep(10_000), 400, "JSON_TOO_DEEP"],
  ["10,000 levels of lists", "[".repeat(10_000), 400, "JSON_TOO_DEEP"],
  ["a list", "[]", 400, "INVALID_BODY"],
  ["a text", '"1000"', 400, "INVALID_BODY"],
  ["null", "null", 400, "INVALID_BODY"],
  ["nothing", "", 400, "INVALID_BODY"],
  ["wrong types", '{"number": {}, "name": 1, "detail": null}', 400, "INVALID_BODY"],
])("a body that is %s", async (_title, body, httpStatus, reason) => {
  const { send } = await startApi();
  for (const path of ["/v1.0/numbers", "/v1.0/activeflows"]) {
    expectProblem(await send("POST", path, body), httpStatus, "INVALID_ARGUMENT", reason);
  }
  expect((await send("GET", "/v1.0/numbers")).body.result).toEqual([]);
});

test("brackets inside text are no depth", async () => {
  const { send } = await startApi();
  const body = { number: "1000", detail: `${"[{".repeat(1000)}\\"${"[".repeat(500)}` };
  expect(await send("POST", "/v1.0/numbers", body)).toMatchObject({ status: 201, body: { detail: body.detail } });
});

test.each(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "nonsense"])(
  "a body sent as %s",
  async (contentType) => {
    const { server, send } = await startApi();
    const reply = await server.inject({
      method: "POST",
      url: "/v1.0/numbers",
      headers: { authorization: "Bearer key-of-anna", "content-type": contentType },
      payload: "number=1",
    });
    const shown = { status: reply.statusCode, body: reply.json(), headers: reply.headers };
    expectProblem(shown, 415, "INVALID_ARGUMENT", "UNSUPPORTED_CONTENT_TYPE");
    expect((await send("GET", "/v1.0/numbers")).status).toBe(200);
  },
);

test.each([
  ["GET", "/", 404, "NOT_FOUND", "ROUTE_NOT_FOUND"],
  ["GET", "/v1.0/flow", 404, "NOT_FOUND", "ROUTE_NOT_FOUND"],
  ["GET", "/v1.0/flows/", 400, "INVALID_ARGUMENT", "INVALID_PATH"],
  ["POST", "/v1.0/nothing/x", 404, "NOT_FOUND", "ROUTE_NOT_FOUND"],
  ["GET", "/v1.0/flows/%zz", 400, "INVALID_ARGUMENT", "MALFORMED_REQUEST"],
  ["PATCH", "/v1.0/flows", 405, "INVALID_ARGUMENT", "METHOD_NOT_ALLOWED"],
  ["POST", "/v1.0/calls/11111111-1111-4111-8111-111111111111/timeline", 405, "INVALID_ARGUMENT", "METHOD_NOT_ALLOWED"],
  ["GET", "/v1.0/flows/my-menu", 400, "INVALID_ARGUMENT", "INVALID_PATH"],
  ["GET", "/v1.0/flows?page_size=0", 400, "INVALID_ARGUMENT", "INVALID_QUERY"],
  ["GET", "/v1.0/flows?page_size=many", 400, "INVALID_ARGUMENT", "INVALID_QUERY"],
  ["GET", "/v1.0/flows?pagesize=1", 400, "INVALID_ARGUMENT", "INVALID_QUERY"],
  ["GET", "/v1.0/flows?page_token=nonsense", 400, "INVALID_ARGUMENT", "INVALID_PAGE_TOKEN"],
])("%s %s", async (method, path, httpStatus, name, reason) => {
  const { send } = await startApi();
  expectProblem(await send(method, path), httpStatus, name, reason);
});

test("a wrong method is told the right ones", async () => {
  const { send } = await startApi();
  expect((await send("PATCH", "/v1.0/flows")).headers.allow).toBe("GET, HEAD, POST");
});

test("an unknown parameter is told the nearest known one", async () => {
  const { send } = await startApi();
  const { body } = await send("GET", "/v1.0/flows?pagesize=1");
  expect(body.error.details).toMatchObject([{ path: "pagesize", nearest: "page_size" }]);
});

/** A storage whose numbers all fail like this. */
const failing =
  (error: Error) =>
  (storage: Storage): Storage => ({
    ...storage,
    numbers: { ...storage.numbers, list: () => Promise.reject(error) },
  });

test.each<[StorageFault, number, string, string]>([
  ["full", 503, "UNAVAILABLE", "STORAGE_FULL"],
  ["read_only", 503, "UNAVAILABLE", "STORAGE_READ_ONLY"],
  ["unavailable", 503, "UNAVAILABLE", "STORAGE_UNAVAILABLE"],
  ["corrupt", 503, "UNAVAILABLE", "STORAGE_FAILED"],
  ["unknown", 503, "UNAVAILABLE", "STORAGE_FAILED"],
  ["conflict", 409, "ALREADY_EXISTS", "RESOURCE_EXISTS"],
])("a storage that is %s", async (fault, httpStatus, name, reason) => {
  const { send, lines } = await startApi({ storage: failing(new StorageError(fault, "secret detail")) });
  const reply = await send("GET", "/v1.0/numbers");
  expectProblem(reply, httpStatus, name, reason);
  expect(JSON.stringify(reply.body)).not.toContain("secret detail");
  expect(lines.some((line) => line.includes("secret detail"))).toBe(httpStatus === 503);
});

test("what nobody foresaw stays in the log", async () => {
  const { send, lines } = await startApi({ storage: failing(new TypeError("secret detail")) });
  const reply = await send("GET", "/v1.0/numbers");
  expectProblem(reply, 500, "INTERNAL", "UNEXPECTED");
  expect(JSON.stringify(reply.body)).not.toContain("secret detail");
  const line = lines.map((text) => JSON.parse(text)).find(({ msg }) => msg === "request failed");
  expect(line).toMatchObject({ request_id: reply.body.error.request_id, err: { message: "secret detail" } });
});

test("a stored thing that is not what it should be is a fault of ours, without details", async () => {
  const broken = (storage: Storage): Storage => ({
    ...storage,
    calls: { ...storage.calls, get: async () => JSON.parse('{"id": "secret detail"}') },
  });
  const { send } = await startApi({ storage: broken });
  const reply = await send("GET", "/v1.0/calls/11111111-1111-4111-8111-111111111111");
  expectProblem(reply, 500, "INTERNAL", "UNEXPECTED");
  expect(JSON.stringify(reply.body)).not.toContain("secret detail");
});
