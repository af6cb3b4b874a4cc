import { expect, test } from "vitest";
import { startApi } from "./support/server.ts";

const ROUTES = [
  "DELETE /v1.0/accesskeys/{id}",
  "DELETE /v1.0/activeflows/{id}",
  "DELETE /v1.0/agents/{id}",
  "DELETE /v1.0/calls/{id}",
  "DELETE /v1.0/calls/{id}/hold",
  "DELETE /v1.0/calls/{id}/moh",
  "DELETE /v1.0/calls/{id}/mute",
  "DELETE /v1.0/calls/{id}/silence",
  "DELETE /v1.0/chatbotcalls/{id}",
  "DELETE /v1.0/chatbots/{id}",
  "DELETE /v1.0/confbridges/{id}",
  "DELETE /v1.0/conferencecalls/{id}",
  "DELETE /v1.0/conferencecalls/{id}/mute",
  "DELETE /v1.0/conferences/{id}",
  "DELETE /v1.0/conversations/{id}",
  "DELETE /v1.0/extensions/{id}",
  "DELETE /v1.0/flows/{id}",
  "DELETE /v1.0/groupcalls/{id}",
  "DELETE /v1.0/messages/{id}",
  "DELETE /v1.0/numbers/{id}",
  "DELETE /v1.0/queuecalls/{id}",
  "DELETE /v1.0/queues/{id}",
  "DELETE /v1.0/tags/{id}",
  "DELETE /v1.0/transcribes/{id}",
  "DELETE /v1.0/transcripts/{id}",
  "DELETE /v1.0/trunks/{id}",
  "GET /healthz",
  "GET /readyz",
  "GET /v1.0/accesskeys",
  "GET /v1.0/accesskeys/{id}",
  "GET /v1.0/activeflows",
  "GET /v1.0/activeflows/{id}",
  "GET /v1.0/activeflows/{id}/timeline",
  "GET /v1.0/agents",
  "GET /v1.0/agents/{id}",
  "GET /v1.0/calls",
  "GET /v1.0/calls/{id}",
  "GET /v1.0/calls/{id}/timeline",
  "GET /v1.0/chatbotcalls",
  "GET /v1.0/chatbotcalls/{id}",
  "GET /v1.0/chatbots",
  "GET /v1.0/chatbots/{id}",
  "GET /v1.0/confbridges",
  "GET /v1.0/confbridges/{id}",
  "GET /v1.0/conferencecalls",
  "GET /v1.0/conferencecalls/{id}",
  "GET /v1.0/conferences",
  "GET /v1.0/conferences/{id}",
  "GET /v1.0/conversations",
  "GET /v1.0/conversations/{id}",
  "GET /v1.0/conversations/{id}/messages",
  "GET /v1.0/extensions",
  "GET /v1.0/extensions/{id}",
  "GET /v1.0/flows",
  "GET /v1.0/flows/{id}",
  "GET /v1.0/groupcalls",
  "GET /v1.0/groupcalls/{id}",
  "GET /v1.0/messages",
  "GET /v1.0/messages/{id}",
  "GET /v1.0/numbers",
  "GET /v1.0/numbers/{id}",
  "GET /v1.0/openapi.json",
  "GET /v1.0/queuecalls",
  "GET /v1.0/queuecalls/{id}",
  "GET /v1.0/queues",
  "GET /v1.0/queues/{id}",
  "GET /v1.0/recordings",
  "GET /v1.0/recordings/{id}",
  "GET /v1.0/recordings/{id}/file",
  "DELETE /v1.0/recordings/{id}",
  "POST /v1.0/recordings/{id}/pause",
  "POST /v1.0/recordings/{id}/resume",
  "POST /v1.0/calls/{id}/recording_start",
  "POST /v1.0/calls/{id}/recording_stop",
  "GET /v1.0/schemas/flow.json",
  "GET /v1.0/tags",
  "GET /v1.0/tags/{id}",
  "GET /v1.0/transcribes",
  "GET /v1.0/transcribes/{id}",
  "GET /v1.0/transcripts",
  "GET /v1.0/transcripts/{id}",
  "GET /v1.0/trunks",
  "GET /v1.0/trunks/{id}",
  "POST /v1.0/accesskeys",
  "POST /v1.0/activeflows",
  "POST /v1.0/activeflows/{id}/stop",
  "POST /v1.0/agents",
  "POST /v1.0/calls",
  "POST /v1.0/calls/{id}/hangup",
  "POST /v1.0/calls/{id}/hold",
  "POST /v1.0/calls/{id}/moh",
  "POST /v1.0/calls/{id}/mute",
  "POST /v1.0/calls/{id}/silence",
  "POST /v1.0/calls/{id}/talk",
  "POST /v1.0/chatbots",
  "POST /v1.0/confbridges",
  "POST /v1.0/conferencecalls/{id}/mute",
  "POST /v1.0/conferences",
  "POST /v1.0/conferences/{id}/recording_start",
  "POST /v1.0/conferences/{id}/recording_stop",
  "POST /v1.0/conferences/{id}/transcribe_start",
  "POST /v1.0/conferences/{id}/transcribe_stop",
  "POST /v1.0/conversations",
  "POST /v1.0/conversations/{id}/messages",
  "POST /v1.0/extensions",
  "POST /v1.0/flows",
  "POST /v1.0/flows/validate",
  "POST /v1.0/groupcalls",
  "POST /v1.0/groupcalls/{id}/hangup",
  "POST /v1.0/messages",
  "POST /v1.0/numbers",
  "POST /v1.0/queuecalls/reference_id/{id}/kick",
  "POST /v1.0/queuecalls/{id}/kick",
  "POST /v1.0/queues",
  "POST /v1.0/tags",
  "POST /v1.0/transcribes",
  "POST /v1.0/transcribes/{id}/stop",
  "POST /v1.0/trunks",
  "PUT /v1.0/agents/{id}",
  "PUT /v1.0/agents/{id}/addresses",
  "PUT /v1.0/agents/{id}/status",
  "PUT /v1.0/agents/{id}/tag_ids",
  "PUT /v1.0/chatbots/{id}",
  "PUT /v1.0/conferences/{id}",
  "PUT /v1.0/conversations/{id}",
  "PUT /v1.0/extensions/{id}",
  "PUT /v1.0/flows/{id}",
  "PUT /v1.0/numbers/{id}",
  "PUT /v1.0/queues/{id}",
  "PUT /v1.0/queues/{id}/routing_method",
  "PUT /v1.0/queues/{id}/tag_ids",
  "PUT /v1.0/tags/{id}",
  "PUT /v1.0/trunks/{id}",
];

/** Every value of the document that stands under this key, however deep. */
function valuesOf(key: string, tree: unknown): readonly unknown[] {
  if (typeof tree !== "object" || tree === null) return [];
  return Object.entries(tree).flatMap(([name, value]) => [...(name === key ? [value] : []), ...valuesOf(key, value)]);
}

const describe = async () => (await (await startApi()).send("GET", "/v1.0/openapi.json", undefined, null)).body;

test("the description is of OpenAPI 3.1 and has every route", async () => {
  const { openapi, paths } = await describe();
  expect(openapi).toMatch(/^3\.1\./);
  const described = Object.entries<object>(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(described.toSorted()).toEqual(ROUTES.toSorted());
});

test("every operation has a name of its own, a summary, and says what it answers, errors too", async () => {
  const { paths } = await describe();
  const operations = Object.values<Record<string, Record<string, unknown>>>(paths).flatMap(Object.values);
  const names = operations.map(({ operationId }) => operationId);
  expect(new Set(names).size).toBe(ROUTES.length);
  for (const { operationId, summary, responses } of operations) {
    expect([operationId, summary]).toEqual([expect.any(String), expect.any(String)]);
    const statuses = Object.keys(responses ?? {});
    expect([operationId, ...statuses]).toEqual(expect.arrayContaining(["4XX", "5XX"]));
    expect([operationId, statuses.some((status) => status.startsWith("2"))]).toEqual([operationId, true]);
  }
});

test("every reference leads somewhere", async () => {
  const document = await describe();
  const references = valuesOf("$ref", document);
  expect(references.length).toBeGreaterThan(20);
  for (const reference of references) {
    const name = /^#\/components\/schemas\/([A-Za-z0-9_]+)$/.exec(String(reference))?.[1] ?? String(reference);
    expect(document.components.schemas).toHaveProperty(name);
  }
  expect(valuesOf("hash", document).concat(valuesOf("digest", document))).toEqual([]);
});

test("passwords go in and never come out", async () => {
  const { paths, components } = await describe();
  expect(Object.keys(components.schemas.Trunk.properties)).not.toContain("password");
  const asked = paths["/v1.0/trunks"].post.requestBody.content["application/json"].schema;
  expect(asked.properties.password).toMatchObject({ writeOnly: true });
});

test("the schema of a flow knows every action", async () => {
  const { send } = await startApi();
  const { status, body } = await send("GET", "/v1.0/schemas/flow.json", undefined, null);
  expect(status).toBe(200);
  expect(JSON.stringify(body)).toContain("digits_receive");
});

test("people find the description at /docs", async () => {
  const { send } = await startApi();
  const page = await send("GET", "/docs", undefined, null);
  expect([page.status, page.headers["content-type"]]).toEqual([200, expect.stringContaining("text/html")]);
  expect(page.headers["content-security-policy"]).toContain("default-src 'self'");
});
