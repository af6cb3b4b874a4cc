import { expect, test } from "vitest";
import { aCall } from "./support/call.ts";
import { aConferencecall } from "./support/conferencecall.ts";
import { startApi, type TestApi } from "./support/server.ts";

const UNKNOWN = "11111111-1111-4111-8111-111111111111";

const createFlow = async ({ send }: TestApi): Promise<string> =>
  (await send("POST", "/v1.0/flows", { actions: [{ type: "answer" }] })).body.id;

test("a conference is made with its confbridge, shown, listed and removed", async () => {
  const { send, engine } = await startApi();
  const created = await send("POST", "/v1.0/conferences", { name: "Monday", data: { room: [4, "west"] } });
  expect(created).toMatchObject({
    status: 201,
    body: {
      name: "Monday",
      detail: "",
      data: { room: [4, "west"] },
      type: "conference",
      status: "starting",
      timeout: 0,
      locked: false,
      pre_flow_id: null,
      post_flow_id: null,
      conferencecall_ids: [],
      tm_end: null,
    },
  });
  const { id, confbridge_id } = created.body;
  expect((await send("GET", `/v1.0/conferences/${id}`)).body).toEqual(created.body);
  expect((await send("GET", "/v1.0/conferences")).body.result).toEqual([created.body]);
  expect((await send("GET", `/v1.0/confbridges/${confbridge_id}`)).body).toMatchObject({
    type: "conference",
    status: "progressing",
    bridge_id: `conference.${confbridge_id}`,
    reference_type: "conference",
    reference_id: id,
  });
  expect((await send("DELETE", `/v1.0/conferences/${id}`)).body).toEqual(created.body);
  expect(engine.log).toEqual([`changed ${id}`, `end ${confbridge_id}`]);
  expect((await send("GET", `/v1.0/conferences/${id}`)).status).toBe(404);
  expect((await send("GET", `/v1.0/confbridges/${confbridge_id}`)).status).toBe(404);
});

test("a conference is transcribed as asked for, and shows it", async () => {
  const { send, engine } = await startApi();
  const { body } = await send("POST", "/v1.0/conferences", { name: "Monday" });
  const path = `/v1.0/conferences/${body.id}`;
  expect(body).toMatchObject({ transcribe_id: null, transcribe_ids: [] });
  const started = await send("POST", `${path}/transcribe_start`, { language: "de-DE", hints: ["Ringdown"] });
  const { transcribe_id: id } = started.body;
  expect(started).toMatchObject({ status: 200, body: { id: body.id, transcribe_ids: [id] } });
  const order = { reference_type: "confbridge", language: "de-DE", hints: ["Ringdown"], direction: "both" };
  expect((await send("GET", `/v1.0/transcribes/${id}`)).body).toMatchObject(order);
  expect((await send("GET", "/v1.0/conferences")).body.result).toMatchObject([{ transcribe_id: id }]);
  expect((await send("POST", `${path}/transcribe_stop`)).status).toBe(200);
  const again = { reference_type: "confbridge", reference_id: body.confbridge_id };
  expect((await send("POST", "/v1.0/transcribes", again)).body).toMatchObject(again);
  const bad = await send("POST", `${path}/transcribe_start`, { on_end_flow_id: UNKNOWN });
  expect(bad.body.error.reason).toBe("UNKNOWN_FLOW");
  expect((await send("POST", `${path}/transcribe_start`, { direction: "in" })).status).toBe(400);
  expect((await send("POST", `/v1.0/conferences/${UNKNOWN}/transcribe_start`)).status).toBe(404);
  const { confbridge_id } = body;
  const transcribed = `transcribe ${confbridge_id} both`;
  expect(engine.log.slice(1)).toEqual([transcribed, `stop transcribing ${confbridge_id}`, transcribed]);
});

test("a conference is recorded as asked for, and shows it", async () => {
  const { send, engine } = await startApi();
  const { body } = await send("POST", "/v1.0/conferences", { name: "Monday" });
  const path = `/v1.0/conferences/${body.id}`;
  expect(body).toMatchObject({ recording_id: null, recording_ids: [] });
  const { id: on_end_flow_id } = (await send("POST", "/v1.0/flows", { actions: [] })).body;
  const started = await send("POST", `${path}/recording_start`, { format: "ogg", duration: 60, on_end_flow_id });
  const [id] = started.body.recording_ids;
  expect(started).toMatchObject({ status: 200, body: { id: body.id, recording_id: expect.any(String) } });
  for (const path of ["conferences", "confbridges"]) {
    const shown = { recording_id: id, recording_ids: [id] };
    expect((await send("GET", `/v1.0/${path}`)).body.result).toMatchObject([shown]);
  }
  expect((await send("POST", `${path}/recording_stop`)).status).toBe(200);
  expect((await send("POST", `${path}/recording_start`, { end_of_key: "#" })).status).toBe(400);
  expect((await send("POST", `${path}/recording_start`, { on_end_flow_id: UNKNOWN })).body.error.reason).toBe(
    "UNKNOWN_FLOW",
  );
  expect((await send("POST", `/v1.0/conferences/${UNKNOWN}/recording_start`)).status).toBe(404);
  const usual = { endOfSilence: 0, endOfKey: "none", channels: 1 };
  const order = { format: "ogg", duration: 60, ...usual, onEndFlowId: on_end_flow_id };
  expect(engine.log.slice(1, 2).map((line) => JSON.parse(line.slice(line.indexOf("{"))))).toEqual([order]);
  expect(engine.log.at(-1)).toBe(`stop recording ${body.confbridge_id}`);
});

test("a change touches only the fields that it gives, and the engine hears of it", async () => {
  const api = await startApi();
  const { send, engine } = api;
  const flowId = await createFlow(api);
  const { body } = await send("POST", "/v1.0/conferences", { name: "Monday", timeout: 60, pre_flow_id: flowId });
  const path = `/v1.0/conferences/${body.id}`;
  const changed = await send("PUT", path, { locked: true, post_flow_id: flowId });
  expect(changed).toMatchObject({
    status: 200,
    body: { name: "Monday", timeout: 60, locked: true, pre_flow_id: flowId, post_flow_id: flowId },
  });
  expect((await send("PUT", path, { pre_flow_id: null, timeout: 0 })).body).toMatchObject({
    timeout: 0,
    locked: true,
    pre_flow_id: null,
    post_flow_id: flowId,
  });
  expect(engine.log).toEqual(Array(3).fill(`changed ${body.id}`));
});

test("flows that the customer does not have are refused, each with its field", async () => {
  const { send } = await startApi();
  const body = { name: "x", pre_flow_id: UNKNOWN, post_flow_id: UNKNOWN };
  const refused = {
    status: 400,
    body: { error: { reason: "UNKNOWN_FLOW", details: [{ path: "pre_flow_id" }, { path: "post_flow_id" }] } },
  };
  expect(await send("POST", "/v1.0/conferences", body)).toMatchObject(refused);
  expect((await send("GET", "/v1.0/conferences")).body.result).toEqual([]);
  const made = await send("POST", "/v1.0/conferences", {});
  expect(await send("PUT", `/v1.0/conferences/${made.body.id}`, body)).toMatchObject(refused);
});

test.each([
  ["conferences", { timeout: -1 }, "timeout"],
  ["conferences", { timeout: 1.5 }, "timeout"],
  ["conferences", { timeout: 2_000_000 }, "timeout"],
  ["conferences", { locked: "yes" }, "locked"],
  ["conferences", { type: "queue" }, "type"],
  ["conferences", { pre_flow: null }, "pre_flow"],
  ["confbridges", { type: "video" }, "type"],
  ["confbridges", { name: "x" }, "name"],
])("%s refuse %j", async (kind, body, path) => {
  const { send } = await startApi();
  expect(await send("POST", `/v1.0/${kind}`, body)).toMatchObject({
    status: 400,
    body: { error: { reason: "INVALID_BODY", details: [{ path }] } },
  });
});

test("a conference's type can't be changed: somebody may be in it", async () => {
  const { send } = await startApi();
  const { body } = await send("POST", "/v1.0/conferences", {});
  expect((await send("PUT", `/v1.0/conferences/${body.id}`, { type: "connect" })).status).toBe(400);
});

test("a confbridge of one's own is made, and everybody is let go before it is removed", async () => {
  const { send, engine } = await startApi();
  const { status, body } = await send("POST", "/v1.0/confbridges", { type: "connect" });
  expect([status, body]).toMatchObject([201, { type: "connect", reference_type: null, reference_id: null }]);
  expect((await send("POST", "/v1.0/confbridges", {})).body.type).toBe("conference");
  expect((await send("DELETE", `/v1.0/confbridges/${body.id}`)).body.id).toBe(body.id);
  expect(engine.log).toEqual([`end ${body.id}`]);
  expect((await send("GET", `/v1.0/confbridges/${body.id}`)).status).toBe(404);
});

test("a conference's confbridge goes with the conference, not before", async () => {
  const { send, engine } = await startApi();
  const { body } = await send("POST", "/v1.0/conferences", {});
  expect(await send("DELETE", `/v1.0/confbridges/${body.confbridge_id}`)).toMatchObject({
    status: 409,
    body: { error: { status: "FAILED_PRECONDITION", reason: "CONFBRIDGE_OWNED" } },
  });
  expect(engine.log).toEqual([`changed ${body.id}`]);
});

test("who is in a conference is told with it, and listed by what one looks for", async () => {
  const { send, storage } = await startApi();
  const { body } = await send("POST", "/v1.0/conferences", {});
  const place = { conference_id: body.id, confbridge_id: body.confbridge_id };
  const call = aCall();
  await storage.calls.create(call, []);
  const present = aConferencecall({ ...place, reference_id: call.id });
  const past = aConferencecall({ ...place, status: "leaved", leave_reason: "hangup" });
  const elsewhere = aConferencecall();
  for (const stay of [present, past, elsewhere]) await storage.conferencecalls.create(stay, []);
  expect((await send("GET", `/v1.0/conferences/${body.id}`)).body.conferencecall_ids).toEqual([present.id]);
  expect((await send("GET", `/v1.0/confbridges/${body.confbridge_id}`)).body).toMatchObject({
    conferencecall_ids: [present.id],
    channel_call_ids: { [call.channel_id]: call.id },
  });
  const listed = async (query: string) =>
    new Set((await send("GET", `/v1.0/conferencecalls${query}`)).body.result.map(({ id }: { id: string }) => id));
  expect(await listed("")).toEqual(new Set([present.id, past.id, elsewhere.id]));
  expect(await listed(`?conference_id=${body.id}`)).toEqual(new Set([present.id, past.id]));
  expect(await listed(`?conference_id=${body.id}&status=joined`)).toEqual(new Set([present.id]));
  expect(await listed(`?reference_id=${past.reference_id}&page_size=5`)).toEqual(new Set([past.id]));
  expect(await listed(`?confbridge_id=${elsewhere.confbridge_id}`)).toEqual(new Set([elsewhere.id]));
});

test.each(["conference_id=x", "status=gone", "muted=true"])("a list by %s is refused", async (query) => {
  const { send } = await startApi();
  const { status, body } = await send("GET", `/v1.0/conferencecalls?${query}`);
  expect([status, body.error.reason]).toEqual([400, "INVALID_QUERY"]);
});

test("a call is muted, heard again, and taken out", async () => {
  const { send, storage, engine } = await startApi();
  const stay = aConferencecall();
  await storage.conferencecalls.create(stay, []);
  const path = `/v1.0/conferencecalls/${stay.id}`;
  expect(await send("POST", `${path}/mute`)).toMatchObject({ status: 200, body: { id: stay.id, muted: true } });
  expect(await send("DELETE", `${path}/mute`)).toMatchObject({ status: 200, body: { muted: false } });
  expect(await send("DELETE", path)).toMatchObject({ status: 200, body: { status: "leaved", leave_reason: "kicked" } });
  expect(engine.log).toEqual([`mute ${stay.id}`, `unmute ${stay.id}`, `kick ${stay.id}`]);
  expect(await send("POST", `${path}/mute`)).toMatchObject({
    status: 409,
    body: { error: { reason: "CONFERENCECALL_OVER" } },
  });
});
