import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { startGcpRecognitionServer } from "../../contract/gcp-recognition-server.ts";
import { eventually } from "../../support/eventually.ts";
import { startLab } from "../../support/lab.ts";
import { nextAddress } from "../../support/loopback.ts";
import { silence, tone } from "../../support/tones.ts";
import { aftermathOf, prompt, stored } from "./support.ts";

const google = await startGcpRecognitionServer(nextAddress());
afterAll(() => google.close());
const lab = await startLab({ environment: { RINGDOWN_GCP_STT_ENDPOINT: google.endpoint } });

const record = (option: object) => ({ type: "recording_start", option });
const transcribe = (option: object = {}) => ({ type: "transcribe_recording", option });
const wait = { type: "sleep", option: { duration: 30_000 } };
const word = (frequency: number): Int16Array => Int16Array.from([...tone(frequency, 500), ...silence(700)]);
const resultSchema = z.looseObject({ id: z.string(), status: z.string(), end_reason: z.string().nullable() });
const transcriptSchema = z.looseObject({ direction: z.string(), message: z.string() });

/** The transcription of what was recorded in the call to a number, when it is over. */
async function outcomeOf(number: string) {
  const { activeflow_id } = await lab.recordOf(number);
  const result = await eventually(
    "the end of the transcription",
    async () => {
      const [one] = resultSchema.array().parse(await lab.api.list(`/transcribes?activeflow_id=${activeflow_id}`));
      return one?.status === "done" ? one : undefined;
    },
    30_000,
  );
  const transcripts = transcriptSchema.array().parse(await lab.api.list(`/transcripts?transcribe_id=${result.id}`));
  return { result, said: transcripts.map(({ direction, message }) => `${direction} ${message}`).toSorted() };
}

test("both sides of a recording, apart from each other, when the call is long over", async () => {
  const call = await lab.call([
    { type: "answer" },
    record({ channels: 2, format: "mp3" }),
    transcribe(),
    prompt(lab, 850),
    wait,
  ]);
  await call.heard(850);
  await call.say(word(440));
  await call.hangup();
  expect(await outcomeOf(call.number)).toMatchObject({
    result: { end_reason: "finished", reference_type: "recording" },
    said: ["in tone 440", "out tone 850"],
  });
  const { facts } = await aftermathOf(lab, call.number);
  expect(facts("transcribe_ended")).toMatchObject([{ reason: "finished" }]);
});

test("killed while it listens, it begins again, and nothing is there twice", async () => {
  const call = await lab.call([{ type: "answer" }, record({}), transcribe(), prompt(lab, 850), wait]);
  await call.heard(850);
  // On a recording of both together, who speaks at once is not understood.
  await call.quiet(500);
  await call.say(word(440));
  await call.say(word(620));
  const streams = google.heardMs.length;
  await call.hangup();
  await eventually("a listener", () => google.heardMs.length > streams, 30_000);
  await lab.ringdown.kill();
  await lab.ringdown.start();
  const { result, said } = await outcomeOf(call.number);
  expect(result).toMatchObject({ end_reason: "finished" });
  expect(said).toEqual(["both tone 440", "both tone 620", "both tone 850"]);
});

/** The transcription of what is recorded in the call to a number, once it satisfies. */
async function transcribeOf(number: string, satisfies: (id: string) => Promise<boolean> = async () => true) {
  const { activeflow_id } = await lab.recordOf(number);
  return eventually(
    "the transcription",
    async () => {
      const [one] = resultSchema.array().parse(await lab.api.list(`/transcribes?activeflow_id=${activeflow_id}`));
      return one && (await satisfies(one.id)) ? one.id : undefined;
    },
    30_000,
  );
}
const saidIn = async (id: string) =>
  transcriptSchema
    .array()
    .parse(await lab.api.list(`/transcripts?transcribe_id=${id}`))
    .map(({ message }) => message);

test("stopped while it listens, it is over with what was understood, over a crash, and can be removed", async () => {
  const call = await lab.call([{ type: "answer" }, record({ channels: 2 }), transcribe({ direction: "in" }), wait]);
  await call.answered();
  for (const frequency of [440, 620, 850, 440, 620, 850]) await call.say(word(frequency));
  await call.hangup();
  const id = await transcribeOf(call.number, async (one) => (await saidIn(one)).length > 0);
  const stopped = await lab.api.request("POST", `/transcribes/${id}/stop`);
  expect(stopped).toMatchObject({ status: 200, body: { status: "done", end_reason: "stopped", error: null } });
  const said = await saidIn(id);
  expect(said.length).toBeLessThan(6);
  await lab.ringdown.kill();
  const streams = google.heardMs.length;
  await lab.ringdown.start();
  // What comes after it is begun, so this one would have been.
  const next = await lab.call([{ type: "answer" }, record({}), transcribe(), prompt(lab, 850)]);
  await next.ended();
  await outcomeOf(next.number);
  expect(google.heardMs.length).toBe(streams + 1);
  expect(await lab.api.get(`/transcribes/${id}`)).toMatchObject({ status: "done", end_reason: "stopped" });
  expect(await saidIn(id)).toEqual(said);
  expect(await lab.api.request("DELETE", `/transcribes/${id}`)).toMatchObject({ status: 200 });
  expect(await saidIn(id)).toEqual([]);
});

test("stopped while the recording is made, nothing of it is transcribed", async () => {
  const call = await lab.call([{ type: "answer" }, record({}), transcribe(), wait]);
  await call.answered();
  const id = await transcribeOf(call.number);
  const stopped = await lab.api.request("POST", `/transcribes/${id}/stop`);
  expect(stopped).toMatchObject({ status: 200, body: { status: "done", end_reason: "stopped" } });
  await call.say(word(440));
  await call.hangup();
  expect((await outcomeOf(call.number)).said).toEqual([]);
  expect(await lab.api.request("DELETE", `/transcribes/${id}`)).toMatchObject({ status: 200 });
});

const recordingIdSchema = z.looseObject({ recording_id: z.string() });
const over = async (id: string) =>
  eventually(
    "the end of the transcription",
    async () => {
      const one = resultSchema.parse(await lab.api.get(`/transcribes/${id}`));
      return one.status === "done" ? one : undefined;
    },
    30_000,
  );

test("over the API: a recording that is being made is waited for, and can be transcribed again, from one side", async () => {
  const call = await lab.call([{ type: "answer" }, record({ channels: 2 }), prompt(lab, 850), wait]);
  await call.heard(850);
  const { recording_id: reference_id } = recordingIdSchema.parse(await lab.recordOf(call.number));
  const order = { reference_type: "recording", reference_id };
  const first = await lab.api.post("/transcribes", order);
  expect(first).toMatchObject({ ...order, status: "progressing" });
  await call.say(word(440));
  await call.hangup();
  expect(await over(first.id)).toMatchObject({ end_reason: "finished" });
  expect((await saidIn(first.id)).toSorted()).toEqual(["tone 440", "tone 850"]);
  const second = await lab.api.post("/transcribes", { ...order, direction: "in" });
  expect(await over(second.id)).toMatchObject({ end_reason: "finished" });
  expect(await saidIn(second.id)).toEqual(["tone 440"]);
  const { facts } = await aftermathOf(lab, call.number);
  expect(facts("transcribe_started").map(({ transcribe_id }) => transcribe_id)).toEqual([first.id, second.id]);
});

test("over the API: what was recorded of a conference", async () => {
  const conference = await lab.api.post("/conferences", { name: "test" });
  const option = { conference_id: conference.id };
  const call = await lab.call([{ type: "answer" }, { type: "conference_join", option }]);
  await stored(lab, call.number, "conference_joined");
  const other = await lab.dial(call.number);
  await eventually(
    "both",
    async () => (await lab.api.list(`/conferencecalls?conference_id=${conference.id}`)).length === 2,
  );
  const started = await lab.api.request("POST", `/conferences/${conference.id}/recording_start`);
  const { recording_id: reference_id } = recordingIdSchema.parse(started.body);
  const { id } = await lab.api.post("/transcribes", { reference_type: "recording", reference_id });
  await call.say(word(440));
  await Promise.all([call.hangup(), other.hangup()]);
  expect(await over(id)).toMatchObject({ end_reason: "finished", reference_id, activeflow_id: null });
  expect(await saidIn(id)).toContain("tone 440");
});

test("a call without a recording is told, and the flow goes on", async () => {
  const call = await lab.call([{ type: "answer" }, transcribe(), prompt(lab, 850)]);
  await call.heard(850);
  await call.ended();
  expect((await aftermathOf(lab, call.number)).facts("action_failed")).toMatchObject([
    { error: "ActionError", message: expect.stringContaining("recording_start") },
  ]);
});
