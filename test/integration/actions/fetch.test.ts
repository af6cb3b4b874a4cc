import { expect, test } from "vitest";
import { tonesHeard } from "../../support/call.ts";
import { eventually } from "../../support/eventually.ts";
import { type FlowAction, startLab } from "../../support/lab.ts";
import { SERVER_ADDRESS } from "../../support/loopback.ts";
import { noReply, receive } from "../../support/receiver.ts";
import { aftermathOf, crash, longPrompt, mark, prompt, set } from "./support.ts";

const lab = await startLab({ environment: { RINGDOWN_ALLOW_PRIVATE_URLS: SERVER_ADDRESS } });

test("fetch tells whose call it is, runs what it gets, and goes on", async () => {
  const server = receive(lab.audio, "/flow", () => ({ body: { actions: [prompt(lab, 620)] } }));
  const call = await lab.call([set("name", "Ann"), fetchFrom(server.url), prompt(lab, 850)]);
  await call.ended();
  expect(tonesHeard(call)).toEqual([620, 850]);
  const { record, variables } = await aftermathOf(lab, call.number);
  expect(variables["voipbin.fetch.status_code"]).toBe("200");
  expect(JSON.parse(server.received[0]?.body ?? "")).toMatchObject({
    activeflow_id: record.activeflow_id,
    reference_type: "call",
    reference_id: record.id,
    variables: { name: "Ann", "voipbin.call.destination.target": call.number },
  });
});

test("what can't be fetched or run is recorded with its reason, and the caller goes on", async () => {
  const urls = [
    receive(lab.audio, "/page", () => ({ body: "<html>" })).url,
    receive(lab.audio, "/unknown", () => ({ body: [{ type: "fly" }] })).url,
    receive(lab.audio, "/gone", () => ({ status: 410 })).url,
    "http://127.0.0.1:8000/flow",
  ];
  const call = await lab.call([...urls.map(fetchFrom), prompt(lab, 440)]);
  await call.ended();
  expect(tonesHeard(call)).toEqual([440]);
  const failed = (await aftermathOf(lab, call.number)).facts("action_failed");
  expect(failed.map(({ fault, message }) => fault ?? message)).toEqual([
    "the answer is not JSON",
    expect.stringContaining('no action of type "fly"'),
    expect.stringContaining("answered 410"),
    "refused",
  ]);
});

test("killed before the answer, it asks again under the same key; killed after it, it does not", async () => {
  const list = [longPrompt(lab, 620, 3_000), prompt(lab, 850)];
  const server = receive(lab.audio, "/killed", (_, count) => (count === 1 ? noReply() : { body: list }));
  const call = await lab.call([{ type: "answer" }, fetchFrom(server.url), prompt(lab, 440)]);
  await eventually("the request", () => server.received.length === 1);
  await crash(lab);
  await call.heard(620);
  await crash(lab);
  await call.heard(440);
  await call.ended();
  expect(tonesHeard(call)).toEqual([620, 850, 440]);
  expect(server.received).toHaveLength(2);
  expect(new Set(server.received.map(({ headers }) => headers["idempotency-key"])).size).toBe(1);
});

test("a list that fetches itself for ever ends the call by a limit", async () => {
  const server = receive(lab.audio, "/again", () => ({ body: [mark("x"), fetchFrom(server.url)] }));
  const call = await lab.call([{ type: "answer" }, fetchFrom(server.url)]);
  await call.ended(30_000);
  const { endedReason, variables } = await aftermathOf(lab, call.number);
  expect(endedReason).toBe("frame_limit");
  expect(variables.marks).toBe("x".repeat(99));
});

const fetchFrom = (event_url: string): FlowAction => ({ type: "fetch", option: { event_url } });
