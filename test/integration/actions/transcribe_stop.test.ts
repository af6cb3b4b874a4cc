import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { startGcpRecognitionServer } from "../../contract/gcp-recognition-server.ts";
import { eventually } from "../../support/eventually.ts";
import { startLab } from "../../support/lab.ts";
import { nextAddress } from "../../support/loopback.ts";
import { silence, tone } from "../../support/tones.ts";
import { aftermathOf, prompt } from "./support.ts";

const google = await startGcpRecognitionServer(nextAddress());
afterAll(() => google.close());
const lab = await startLab({ environment: { RINGDOWN_GCP_STT_ENDPOINT: google.endpoint } });
const messagesSchema = z.array(z.looseObject({ message: z.string(), transcribe_id: z.string() }));
const word = (frequency: number): Int16Array => Int16Array.from([...tone(frequency, 400), ...silence(600)]);
const transcripts = async () => messagesSchema.parse(await lab.api.list("/transcripts"));

test("what is said after it is not understood, what was said before it is, and it may begin again", async () => {
  const call = await lab.call([
    { type: "answer" },
    { type: "transcribe_start", option: { direction: "in" } },
    prompt(lab, 1_700),
    { type: "digits_receive", option: { duration: 30_000 } },
    { type: "transcribe_stop" },
    { type: "transcribe_stop" },
    prompt(lab, 850),
    { type: "digits_receive", option: { duration: 30_000, flush: true } },
    { type: "transcribe_start", option: { direction: "in" } },
    prompt(lab, 1_400),
    { type: "sleep", option: { duration: 30_000 } },
  ]);
  await call.heard(1_700);
  await call.say(tone(440, 400));
  await call.press("1");
  await call.heard(850);
  await call.say(word(620));
  await eventually("the first", async () => (await transcripts()).some(({ message }) => message === "tone 440"));
  await call.press("2");
  await call.heard(1_400);
  await call.say(word(1_100));
  await eventually("the second", async () => (await transcripts()).some(({ message }) => message === "tone 1100"));
  await call.hangup();
  const { facts } = await aftermathOf(lab, call.number);
  expect(facts("action_failed")).toEqual([]);
  expect(facts("transcribe_ended")[0]).toMatchObject({ reason: "stopped" });
  const messages = (await transcripts()).map(({ message }) => message);
  expect(messages).not.toContain("tone 620");
});

test("the API starts, shows, stops and removes", async () => {
  const call = await lab.call([{ type: "answer" }, { type: "sleep", option: { duration: 30_000 } }]);
  await call.answered();
  const { id: reference_id } = await lab.recordOf(call.number);
  const { id } = await eventually("an answered call", () =>
    lab.api.post("/transcribes", { reference_id, direction: "in" }),
  );
  const again = await lab.api.request("POST", "/transcribes", { reference_id });
  expect(again).toMatchObject({ status: 409, body: { error: { reason: "TRANSCRIBE_RUNNING" } } });
  expect(await lab.api.request("DELETE", `/transcribes/${id}`)).toMatchObject({ status: 409 });
  await call.say(word(440));
  await call.say(tone(620, 400));
  expect(await lab.api.post(`/transcribes/${id}/stop`)).toMatchObject({ status: "done", end_reason: "stopped" });
  const understood = messagesSchema.parse(await lab.api.list(`/transcripts?transcribe_id=${id}`));
  expect(understood.map(({ message }) => message).toReversed()).toEqual(["tone 440", "tone 620"]);
  expect(await lab.api.request("DELETE", `/transcribes/${id}`)).toMatchObject({ status: 200 });
  expect(await lab.api.list(`/transcripts?transcribe_id=${id}`)).toEqual([]);
  await call.hangup();
  await aftermathOf(lab, call.number);
  expect(await lab.api.request("POST", "/transcribes", { reference_id })).toMatchObject({ status: 409 });
});
