/** Flows that run when a recording, or a transcription, of a real call has ended. */
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { startGcpRecognitionServer } from "../contract/gcp-recognition-server.ts";
import { eventually } from "../support/eventually.ts";
import { DIALS_ASTERISK, startLab } from "../support/lab.ts";
import { nextAddress } from "../support/loopback.ts";
import { noReply, receive } from "../support/receiver.ts";
import { silence, tone } from "../support/tones.ts";
import { crash, stored } from "./actions/support.ts";
import { words } from "./support/recorded.ts";

const google = await startGcpRecognitionServer(nextAddress());
afterAll(() => google.close());
const lab = await startLab({
  environment: {
    ...DIALS_ASTERISK,
    RINGDOWN_ALLOW_PRIVATE_URLS: "127.0.0.0/8",
    RINGDOWN_GCP_STT_ENDPOINT: google.endpoint,
  },
});
const [FIRST, LAST] = [440, 850];
const runSchema = z.looseObject({
  ...{ id: z.string(), flow_id: z.string(), status: z.string(), reference_type: z.string() },
  variables: z.record(z.string(), z.string()),
});
const toldSchema = z.object({ id: z.string(), of: z.string(), url: z.string() });
const resourceSchema = z.looseObject({ id: z.string(), on_end_activeflow_id: z.string().nullable() });

async function upCall() {
  const call = await lab.call([{ type: "answer" }, { type: "sleep", option: { duration: 60_000 } }]);
  await call.answered();
  await stored(lab, call.number, "call_answered");
  return { call, id: (await lab.recordOf(call.number)).id };
}
/** What followed a resource, once that is over. */
const followedBy = (id: string) =>
  eventually(
    "what follows",
    async () => {
      const all = (await lab.api.list("/activeflows")).filter(({ reference_id }) => reference_id === id);
      const runs = runSchema.array().parse(all);
      return runs.length > 0 && runs.every(({ status }) => status === "ended") ? runs : undefined;
    },
    30_000,
  );

test("the flow of a recording runs once, when its file is there, killed before and meanwhile", async () => {
  const files: number[] = [];
  const receiver = receive(lab.audio, "/recorded", async ({ body }, count) => {
    // A run goes on before its process listens to requests.
    if (count > 1) return {};
    const { id } = toldSchema.parse(JSON.parse(body));
    files.push((await lab.api.request("GET", `/recordings/${id}/file`)).status);
    return noReply();
  });
  const told = {
    id: "${voipbin.recording.id}",
    of: "${voipbin.activeflow.reference_id}",
    url: "${voipbin.recording.url}",
  };
  const option = { sync: true, uri: receiver.url, data: JSON.stringify(told) };
  const on_end_flow_id = await lab.flow([{ type: "webhook_send", option }]);
  const { call, id } = await upCall();
  const started = await lab.api.request("POST", `/calls/${id}/recording_start`, { on_end_flow_id });
  expect(started).toMatchObject({ status: 200 });
  await call.say(words(FIRST));
  await call.hangup();
  await crash(lab);
  await eventually("what follows", () => files.length === 1);
  await crash(lab);
  const recordingId = String(Object(started.body).recording_id);
  const [run, ...more] = await followedBy(recordingId);
  expect(run).toMatchObject({ flow_id: on_end_flow_id, reference_type: "recording", reference_activeflow_id: null });
  expect(more).toEqual([]);
  expect(await lab.api.get(`/recordings/${recordingId}`)).toMatchObject({
    ...{ status: "ended", on_end_flow_id, on_end_activeflow_id: run?.id },
  });
  expect(files).toEqual([200]);
  const keys = receiver.received.map(({ headers }) => headers["idempotency-key"]);
  expect([keys.length, new Set(keys).size]).toEqual([2, 1]);
  expect(toldSchema.parse(JSON.parse(receiver.received[0]?.body ?? ""))).toEqual({
    ...{ id: recordingId, of: recordingId, url: expect.stringContaining(recordingId) },
  });
});

test("a recording of a conference has it too, and may be transcribed by it", async () => {
  const conference = await lab.api.post("/conferences", { name: "test" });
  const number = await lab.route([{ type: "conference_join", option: { conference_id: conference.id } }]);
  const call = await lab.dial(number);
  await call.answered();
  await stored(lab, number, "conference_joined");
  const on_end_flow_id = await lab.flow([
    { type: "variable_set", option: { key: "of", value: "${voipbin.recording.reference_type}" } },
    { type: "transcribe_recording", option: {} },
  ]);
  const started = await lab.api.request("POST", `/conferences/${conference.id}/recording_start`, { on_end_flow_id });
  await call.say(words(FIRST));
  await call.hangup();
  const recordingId = String(Object(started.body).recording_id);
  const [run, ...more] = await followedBy(recordingId);
  expect(run).toMatchObject({ reference_type: "recording", variables: { of: "confbridge" } });
  expect(more).toEqual([]);
  const transcribed = { reference_type: "recording", activeflow_id: run?.id };
  expect(await lab.api.list(`/transcribes?reference_id=${recordingId}`)).toMatchObject([transcribed]);
});

test("the flow of a transcription runs when the last of the call is understood", async () => {
  const value = "${voipbin.transcribe.reference_id}: ${voipbin.transcribe.text}";
  const on_end_flow_id = await lab.flow([{ type: "variable_set", option: { key: "told", value } }]);
  const { call, id } = await upCall();
  const order = { reference_id: id, direction: "in", on_end_flow_id };
  const transcribe = resourceSchema.parse(await lab.api.post("/transcribes", order));
  for (const frequency of [FIRST, LAST]) await call.say(Int16Array.from([...tone(frequency, 400), ...silence(800)]));
  await call.hangup();
  const [run, ...more] = await followedBy(transcribe.id);
  expect(run).toMatchObject({
    ...{ id: transcribe.on_end_activeflow_id, flow_id: on_end_flow_id, reference_type: "transcribe" },
    variables: { told: `${id}: tone ${LAST}` },
  });
  expect(more).toEqual([]);
  expect(await lab.api.get(`/transcribes/${transcribe.id}`)).toMatchObject({ status: "done", end_reason: "hangup" });
});

test("a flow that is removed meanwhile is told on the call's timeline; one that never was is refused", async () => {
  const flow = await lab.flow([]);
  const { call, id } = await upCall();
  expect(await lab.api.request("POST", `/calls/${id}/recording_start`, { on_end_flow_id: flow })).toMatchObject({
    status: 200,
  });
  expect(await lab.api.request("DELETE", `/flows/${flow}`)).toMatchObject({ status: 200 });
  const order = { reference_id: id, on_end_flow_id: flow };
  expect(await lab.api.request("POST", "/transcribes", order)).toMatchObject({
    ...{ status: 400, body: { error: { reason: "UNKNOWN_FLOW" } } },
  });
  await call.hangup();
  await stored(lab, call.number, "note");
  expect((await lab.timelineOf(call.number)).find(({ type }) => type === "note")).toMatchObject({
    data: { flow_id: flow, message: expect.stringContaining("on_end_flow_id") },
  });
});
