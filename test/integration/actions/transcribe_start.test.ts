import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { startEndpointServer } from "../../contract/endpoint-server.ts";
import { startGcpRecognitionServer } from "../../contract/gcp-recognition-server.ts";
import { sip } from "../../support/addresses.ts";
import type { Call } from "../../support/call.ts";
import { listenToEvents } from "../../support/event-client.ts";
import { eventually } from "../../support/eventually.ts";
import { DIALS_ASTERISK, type FlowAction, startLab } from "../../support/lab.ts";
import { nextAddress } from "../../support/loopback.ts";
import { startRtpPeer } from "../../support/media-peers/rtp-peer.ts";
import { silence, tone } from "../../support/tones.ts";
import { holdAndComeBack } from "../support/held.ts";
import { aftermathOf, crash, prompt, stored } from "./support.ts";

const google = await startGcpRecognitionServer(nextAddress());
const whisper = await startEndpointServer(nextAddress());
afterAll(() => {
  google.close();
  whisper.close();
});
const lab = await startLab({
  environment: {
    ...DIALS_ASTERISK,
    RINGDOWN_ALLOW_PRIVATE_URLS: "127.0.0.0/8",
    RINGDOWN_GCP_STT_ENDPOINT: google.endpoint,
    RINGDOWN_STT_LOCAL_URL: whisper.url,
  },
});

const transcribeStart = (option: object = {}) => ({ type: "transcribe_start", option });
const wait = (duration: number) => ({ type: "sleep", option: { duration } });
const answer = { type: "answer" } as const;

/** A word as these recognizers know it, and the pause behind it. */
const word = (frequency: number, sampleRateHz = 8_000): Int16Array =>
  Int16Array.from([...tone(frequency, 400, sampleRateHz), ...silence(800, sampleRateHz)]);
async function say(call: Call, ...frequencies: readonly number[]): Promise<void> {
  for (const frequency of frequencies) await call.say(word(frequency));
}

const transcriptSchema = z.looseObject({
  id: z.string(),
  direction: z.enum(["in", "out"]),
  message: z.string(),
  provider: z.string(),
  start_ms: z.number(),
  end_ms: z.number(),
});
const transcribeSchema = z.looseObject({ id: z.string(), status: z.string(), end_reason: z.string().nullable() });

/** The transcriptions of the call to a number, oldest first. */
async function transcribesOf(number: string) {
  const { id } = await lab.recordOf(number);
  return transcribeSchema
    .array()
    .parse(await lab.api.list(`/transcribes?reference_id=${id}`))
    .toReversed();
}
/** What was understood in the call to a number, oldest first. */
async function transcriptsOf(number: string) {
  const all = [];
  for (const { id } of await transcribesOf(number)) {
    all.push(
      ...transcriptSchema
        .array()
        .parse(await lab.api.list(`/transcripts?transcribe_id=${id}`))
        .toReversed(),
    );
  }
  return all;
}
const understood = async (number: string, direction: "in" | "out") =>
  (await transcriptsOf(number)).filter((one) => one.direction === direction).map(({ message }) => message);
const isUnderstood = (number: string, direction: "in" | "out", ...messages: readonly string[]) =>
  eventually(`${messages.join(", ")} in ${direction}`, async () => {
    const heard = await understood(number, direction);
    if (heard.join() !== messages.join()) throw new Error(`understood: ${heard.join(", ")}`);
    return true;
  });
/** Behind a `transcribe_start`: when it is heard, the call is. */
const ready = prompt(lab, 1_700);

test("both sides are understood, apart from each other, while they speak", async () => {
  using client = await listenToEvents(lab.ringdown.api.base, lab.ringdown.api.key);
  await client.subscribe("transcribe_*", "transcript_*");
  const call = await lab.call([answer, transcribeStart(), prompt(lab, 850), wait(20_000)]);
  await call.heard(850);
  await say(call, 440, 620);
  await isUnderstood(call.number, "in", "tone 440", "tone 620");
  await isUnderstood(call.number, "out", "tone 850");
  await call.hangup();
  const { id: callId } = await lab.recordOf(call.number);
  await client.event("transcribe_done", { reference_id: callId, end_reason: "hangup" });
  await client.event("transcribe_speech_interim", { message: "tone 440", direction: "in" });
  const types = client.events.map(({ type }) => type);
  expect(types.filter((type) => type === "transcript_created")).toHaveLength(3);
  expect(types).toContain("transcribe_created");

  const { variables, facts } = await aftermathOf(lab, call.number);
  const [transcribe] = await transcribesOf(call.number);
  expect(transcribe).toMatchObject({ status: "done", end_reason: "hangup", language: "en-US", direction: "both" });
  expect(variables).toMatchObject({
    "voipbin.transcribe.id": transcribe?.id,
    "voipbin.transcribe.language": "en-US",
    "voipbin.transcribe.direction": "both",
    "voipbin.transcribe.text": "tone 620",
  });
  expect(
    facts("transcript_created")
      .map(({ message }) => message)
      .toSorted(),
  ).toEqual(["tone 440", "tone 620", "tone 850"]);
  const [first, second] = (await transcriptsOf(call.number)).filter(({ direction }) => direction === "in");
  expect(first).toMatchObject({ provider: "gcp", confidence: 0.875 });
  // As far apart as they were said.
  expect(Math.abs((second?.start_ms ?? 0) - (first?.start_ms ?? 0) - 1_200)).toBeLessThan(400);
});

test.each([
  ["in", "tone 440", undefined],
  ["out", undefined, "tone 850"],
] as const)("%s alone", async (direction, said, heard) => {
  const call = await lab.call([answer, transcribeStart({ direction }), prompt(lab, 850), wait(20_000)]);
  await call.heard(850);
  await say(call, 440);
  await isUnderstood(call.number, direction, ...(said ? [said] : []), ...(heard ? [heard] : []));
  await call.hangup();
  await aftermathOf(lab, call.number);
  expect(await transcriptsOf(call.number)).toHaveLength(1);
});

test("the provider named listens; with hints, in the language", async () => {
  const call = await lab.call([
    answer,
    transcribeStart({ provider: "local", language: "de-AT", direction: "in", hints: ["Ringdown"] }),
    ready,
    wait(20_000),
  ]);
  await call.heard(1_700);
  await say(call, 440);
  await isUnderstood(call.number, "in", "tone 440");
  await call.hangup();
  expect((await transcriptsOf(call.number))[0]).toMatchObject({ provider: "local" });
  expect(whisper.asked.at(-1)).toMatchObject({ language: "de", prompt: "Ringdown" });
});

test.each(["credentials", "quota", "cut"] as const)(
  "a provider that fails in mid-call (%s) is told, and another one goes on without losing a word",
  async (trouble) => {
    const call = await lab.call([answer, transcribeStart({ direction: "in" }), ready, wait(20_000)]);
    await call.heard(1_700);
    await say(call, 440);
    await isUnderstood(call.number, "in", "tone 440");
    const end = await google.begin(trouble);
    await say(call, 620, 850);
    await isUnderstood(call.number, "in", "tone 440", "tone 620", "tone 850");
    await end();
    await call.hangup();
    const { facts } = await aftermathOf(lab, call.number);
    expect(facts("transcribe_failed")[0]).toMatchObject({
      provider: "gcp",
      fault: { credentials: "credentials", quota: "quota", cut: "unavailable" }[trouble],
      remedy: expect.any(String),
      error: expect.any(String),
    });
    expect(facts("action_failed")).toEqual([]);
    expect((await transcriptsOf(call.number)).at(-1)).toMatchObject({ provider: "local" });
  },
);

test("when nobody can listen, the transcription tells why, and what to do", async () => {
  const ends = await Promise.all([google, whisper].map((server) => server.begin("credentials")));
  const call = await lab.call([answer, transcribeStart({ direction: "in" }), ready, wait(20_000)]);
  await call.heard(1_700);
  await say(call, 440);
  const failed = await eventually("its end", async () =>
    (await transcribesOf(call.number)).find(({ status }) => status === "done"),
  );
  await Promise.all(ends.map((end) => end()));
  await call.hangup();
  expect(failed).toMatchObject({
    end_reason: "failed",
    error: expect.stringMatching(/gcp: .+ \(set credentials that .+local: .+ \(set RINGDOWN_STT_LOCAL_KEY /),
  });
  expect((await aftermathOf(lab, call.number)).facts("transcribe_ended")).toMatchObject([{ error: failed.error }]);
});

test("killed in mid-call, it goes on, and tells of the gap", async () => {
  const call = await lab.call([answer, transcribeStart({ direction: "in" }), ready, wait(60_000)]);
  await call.heard(1_700);
  await say(call, 440);
  await isUnderstood(call.number, "in", "tone 440");
  const streams = google.heardMs.length;
  await crash(lab);
  await eventually("a new stream", () => google.heardMs.length > streams && google.heardMs.at(-1));
  await say(call, 620);
  await isUnderstood(call.number, "in", "tone 440", "tone 620");
  await call.hangup();
  const { facts } = await aftermathOf(lab, call.number);
  expect(facts("transcribe_resumed")).toMatchObject([{ gap: expect.any(String), since: expect.any(String) }]);
  await eventually("its end", async () => (await transcribesOf(call.number))[0]?.status === "done");
});

test("a call that ends while nobody is there ends its transcription", async () => {
  const call = await lab.call([answer, transcribeStart(), ready, wait(60_000)]);
  await call.heard(1_700);
  await lab.ringdown.kill();
  await call.hangup();
  await lab.ringdown.start();
  await eventually("its end", async () => (await transcribesOf(call.number))[0]?.end_reason === "hangup");
});

type PhoneOptions = Parameters<typeof lab.phone>[0];
/** A call that is put through to another phone when it has done what comes before. */
async function putThrough(before: readonly FlowAction[], option: object = {}, phones: PhoneOptions = {}) {
  const [caller, phone] = [await lab.phone(phones), await lab.phone({ user: "callee", ...phones })];
  const source = { type: "tel", target: "+15550001" };
  const connect = { type: "connect", option: { source, destinations: [sip(phone)], ...option } };
  const number = await lab.route([...before, connect]);
  const call = { ...(await caller.dial(number)), number };
  const other = await phone.rings();
  other.answer();
  return { call, other };
}

test("it follows the call through bridges: connected, the partner is heard too", async () => {
  const { call, other } = await putThrough([answer, transcribeStart()]);
  await other.answered();
  await say(call, 440);
  await other.say(word(1_100));
  await isUnderstood(call.number, "in", "tone 440");
  await eventually("the partner", async () => (await understood(call.number, "out")).includes("tone 1100"));
  await call.hangup();
  await other.ended();
});

test.each([
  ["pcmu", 8_000],
  ["g722", 16_000],
] as const)(
  "phones that number their packets anew, and lower, after a hold are understood still: %s",
  async (codec, sampleRateHz) => {
    const phones = { codecs: [codec], renumbers: true };
    const { call, other } = await putThrough([answer, transcribeStart()], {}, phones);
    // Heard means joined: the joining itself may cost a word some of its sound.
    await other.say(word(850, sampleRateHz));
    await call.heard(850);
    await call.say(word(440, sampleRateHz));
    await isUnderstood(call.number, "in", "tone 440");
    await holdAndComeBack(lab, call);
    await call.say(word(620, sampleRateHz));
    await isUnderstood(call.number, "in", "tone 440", "tone 620");
    await holdAndComeBack(lab, other);
    await other.say(word(1_100, sampleRateHz));
    await eventually("the partner", async () => (await understood(call.number, "out")).includes("tone 1100"));
    await call.say(word(850, sampleRateHz));
    await isUnderstood(call.number, "in", "tone 440", "tone 620", "tone 850");
    await call.hangup();
    await other.ended();
  },
);

test.each(["before", "after"])(
  "the voice of another host, which whispers, is understood as what the call hears: begun %s it",
  async (when) => {
    await using peer = await startRtpPeer(nextAddress());
    const option = { external_host: peer.external_host, format: "ulaw", direction: "both" };
    const media = { type: "external_media_start", option };
    const call = await lab.call([
      answer,
      ...(when === "before" ? [transcribeStart(), media] : [media, transcribeStart()]),
      wait(60_000),
    ]);
    await stored(lab, call.number, "external_media_started");
    await say(call, 440);
    await peer.heard(440);
    await peer.say(850);
    await eventually("the host", async () => (await understood(call.number, "out")).includes("tone 850"));
    await isUnderstood(call.number, "in", "tone 440");
    await call.hangup();
  },
);

test("begun in a talk that passes Asterisk's core by, it hears both, and the talk goes on", async () => {
  const { call, other } = await putThrough([answer], { collect_digits: false });
  await other.say(word(620));
  await call.heard(620);
  const { id } = await lab.recordOf(call.number);
  await lab.api.post("/transcribes", { reference_id: id });
  await say(call, 440);
  await other.say(word(1_100));
  await isUnderstood(call.number, "in", "tone 440");
  await eventually("the partner", async () => (await understood(call.number, "out")).includes("tone 1100"));
  await Promise.all([call.say(tone(850, 400)), other.heard(850)]);
  await call.hangup();
  await other.ended();
});

test("what can't be transcribed is recorded, and the flow goes on", async () => {
  const call = await lab.call([
    transcribeStart(),
    answer,
    transcribeStart({ language: "en-US", direction: "in" }),
    transcribeStart({ language: "en-US", direction: "out" }),
    { type: "variable_set", option: { key: "bad", value: "klingon!" } },
    transcribeStart({ language: "${bad}" }),
    prompt(lab, 850),
  ]);
  await call.heard(850);
  await call.ended();
  const errors = (await aftermathOf(lab, call.number)).facts("action_failed").map(({ error }) => error);
  expect(errors).toEqual(["ActionError", "TranscribeRunningError", "OptionError"]);
});
