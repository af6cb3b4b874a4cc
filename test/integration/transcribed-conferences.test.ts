/** What is said in a conference, as text, while it is said. */
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { startGcpRecognitionServer } from "../contract/gcp-recognition-server.ts";
import type { Call } from "../support/call.ts";
import { hearsMusic } from "../support/chords.ts";
import { eventually } from "../support/eventually.ts";
import { DIALS_ASTERISK, startLab } from "../support/lab.ts";
import { nextAddress } from "../support/loopback.ts";
import { silence, tone } from "../support/tones.ts";
import { crash } from "./actions/support.ts";

const google = await startGcpRecognitionServer(nextAddress());
afterAll(() => google.close());
const lab = await startLab({ environment: { ...DIALS_ASTERISK, RINGDOWN_GCP_STT_ENDPOINT: google.endpoint } });
const [A, B, C] = [440, 850, 620];

const shownSchema = z.looseObject({ transcribe_id: z.string().nullable(), transcribe_ids: z.array(z.string()) });

/** A conference with two in it. */
async function conference() {
  const { id } = await lab.api.post("/conferences", { name: "test" });
  const number = await lab.route([{ type: "conference_join", option: { conference_id: id } }]);
  const joined = async () =>
    (await lab.api.list(`/conferencecalls?conference_id=${id}`)).filter(({ status }) => status === "joined").length;
  const enter = async () => {
    const before = await joined();
    const call = await lab.dial(number);
    await eventually("its stay", async () => (await joined()) === before + 1);
    return call;
  };
  const [first, second] = [await enter(), await enter()];
  const ask = async (what: string, body?: object) => lab.api.request("POST", `/conferences/${id}/${what}`, body);
  const shown = async () => shownSchema.parse(await lab.api.get(`/conferences/${id}`));
  return { id, first, second, enter, ask, shown };
}
const say = (call: Call, frequency: number) => call.say(Int16Array.from([...tone(frequency, 400), ...silence(800)]));
const saidIn = async (id: string) =>
  (await lab.api.list(`/transcripts?transcribe_id=${id}`))
    .map(({ direction, message }) => `${direction} ${message}`)
    .toReversed();
const understood = (id: string, ...tones: readonly number[]) =>
  eventually("what was said", async () => {
    expect(await saidIn(id)).toEqual(tones.map((frequency) => `both tone ${frequency}`));
    return true;
  });

test("all that is said is understood, also by who comes later and over a crash, until the last has left", async () => {
  const { first, second, enter, ask, shown } = await conference();
  const on_end_flow_id = await lab.flow([]);
  const started = shownSchema.parse((await ask("transcribe_start", { on_end_flow_id })).body);
  const id = String(started.transcribe_id);
  expect(await ask("transcribe_start")).toMatchObject({
    status: 409,
    body: { error: { reason: "TRANSCRIBE_RUNNING" } },
  });
  await say(first, A);
  await say(second, B);
  const third = await enter();
  await say(third, C);
  await understood(id, A, B, C);
  const streams = google.heardMs.length;
  await crash(lab);
  await eventually("a listener", () => google.heardMs.length > streams);
  await say(second, B);
  await understood(id, A, B, C, B);
  expect(await shown()).toMatchObject({ transcribe_id: id, transcribe_ids: [id] });
  await Promise.all([first.hangup(), second.hangup()]);
  // Nobody is in it but the one: who listens does not count.
  await hearsMusic(third);
  await third.hangup();
  const over = await eventually("its end", async () => {
    const one = Object(await lab.api.get(`/transcribes/${id}`));
    return one.status === "done" ? one : undefined;
  });
  expect(over).toMatchObject({ reference_type: "confbridge", direction: "both", end_reason: "hangup", error: null });
  expect(await shown()).toMatchObject({ transcribe_id: null, transcribe_ids: [id] });
  await eventually("what follows", async () =>
    (await lab.api.list("/activeflows")).some(({ id: run }) => run === over.on_end_activeflow_id),
  );
});

test("it is stopped while the conference goes on; of an empty one there is nothing to transcribe", async () => {
  const { id, first, second, ask } = await conference();
  const started = shownSchema.parse((await ask("transcribe_start", { language: "de-DE" })).body);
  await say(first, A);
  expect((await ask("transcribe_stop")).body).toMatchObject({
    transcribe_id: null,
    transcribe_ids: started.transcribe_ids,
  });
  const transcribe = String(started.transcribe_id);
  expect(await lab.api.get(`/transcribes/${transcribe}`)).toMatchObject({ status: "done", end_reason: "stopped" });
  expect(await saidIn(transcribe)).toEqual([`both tone ${A}`]);
  await say(second, B);
  await first.heard(B);
  await Promise.all([first.hangup(), second.hangup()]);
  await eventually("an empty conference", async () =>
    (await lab.api.list(`/conferencecalls?conference_id=${id}`)).every(({ status }) => status === "leaved"),
  );
  expect(await ask("transcribe_start")).toMatchObject({ status: 409, body: { error: { reason: "CONFERENCE_EMPTY" } } });
});
