import { expect, test } from "vitest";
import { z } from "zod";
import { eventually } from "../../support/eventually.ts";
import { startLab } from "../../support/lab.ts";
import type { Phone, RingingCall } from "../../support/phone.ts";
import { factsOf, tonePrompt } from "../../support/records.ts";
import { silence, tone } from "../../support/tones.ts";

const INITIAL_SILENCE_MS = 1_700;
const lab = await startLab({ environment: { RINGDOWN_AMD_INITIAL_SILENCE_MS: String(INITIAL_SILENCE_MS) } });
const AFTER = 850;
const placedSchema = z.object({ calls: z.array(z.looseObject({ id: z.string(), activeflow_id: z.string() })) });

const sip = ({ user, address }: Phone) => ({ type: "sip", target: `sip:${user}@${address}` });
const amd = (option: object) => ({ type: "amd", option });

/** Somebody is called, and answers; gives the phone's side, and the ids of the call and its run. */
async function called(actions: readonly object[]): Promise<{ call: RingingCall; id: string; runId: string }> {
  const phone = await lab.phone();
  const body = { destinations: [sip(phone)], actions };
  const { calls } = placedSchema.parse((await lab.api.request("POST", "/calls", body)).body);
  const [placed] = calls;
  if (!placed) throw new Error("no call");
  const call = await phone.rings();
  call.answer();
  await call.answered();
  return { call, id: placed.id, runId: placed.activeflow_id };
}

/** Words of these lengths, with pauses: to Asterisk, sound is speech. */
const words = (...lengthsMs: readonly number[]): Int16Array =>
  Int16Array.from(lengthsMs.flatMap((lengthMs) => [...tone(620, lengthMs), ...silence(120)]));
const HELLO = words(400);
const MACHINE_GREETING = words(500, 600, 500, 700, 600);
const FEW_WORDS_AND_BEEP = Int16Array.from([...words(500, 600), ...silence(300), ...tone(1_000, 1_000)]);

const ended = (id: string) =>
  eventually(`the end of call ${id}`, async () => {
    const record = z.looseObject({ status: z.string() }).parse(await lab.api.get(`/calls/${id}`));
    return record.status === "hangup" ? record : undefined;
  });
const variablesOf = async (runId: string): Promise<Record<string, string>> =>
  z.looseObject({ variables: z.record(z.string(), z.string()) }).parse(await lab.api.get(`/activeflows/${runId}`))
    .variables;

test("a short greeting and silence is a human's: the flow goes on", async () => {
  const { call, id, runId } = await called([amd({ machine_handle: "hangup" }), tonePrompt(lab, AFTER)]);
  await call.say(HELLO);
  void call.say(silence(3_000));
  await call.heard(AFTER);
  await call.ended();
  expect(await ended(id)).toMatchObject({ hangup_reason: "normal" });
  expect(await variablesOf(runId)).toMatchObject({
    "voipbin.call.amd.status": "HUMAN",
    "voipbin.call.amd.cause": expect.stringMatching(/^HUMAN/),
  });
});

test.each([
  ["a long greeting", MACHINE_GREETING, /^(MAXWORDS|LONGGREETING)-/],
  ["few words and a beep", FEW_WORDS_AND_BEEP, /^(MAXWORDS|LONGGREETING)-/],
  ["silence, for as long as is set", silence(5_000), new RegExp(`^INITIALSILENCE-\\d+-${INITIAL_SILENCE_MS}$`)],
])("%s is a machine's: it is hung up for that reason", async (_what, said, cause) => {
  const { call, id } = await called([amd({ machine_handle: "hangup" }), tonePrompt(lab, AFTER)]);
  void call.say(said);
  expect(await call.ended()).toMatchObject({ by: "them" });
  expect(await ended(id)).toMatchObject({ hangup_by: "local", hangup_reason: "amd" });
  expect(factsOf(await lab.api.list(`/calls/${id}/timeline`), "machine_detected")).toEqual([
    expect.objectContaining({ status: "MACHINE", cause: expect.stringMatching(cause) }),
  ]);
  expect(call.tones()).toEqual([]);
});

test("with continue the flow goes on with a machine, and knows it", async () => {
  const { call, runId } = await called([amd({ machine_handle: "continue" }), tonePrompt(lab, AFTER)]);
  void call.say(MACHINE_GREETING);
  await call.heard(AFTER);
  await call.ended();
  expect(await variablesOf(runId)).toMatchObject({ "voipbin.call.amd.status": "MACHINE" });
});

test("async, the flow goes on at once, and a machine is hung up in the midst of it", async () => {
  const actions = [amd({ machine_handle: "hangup", async: true }), tonePrompt(lab, AFTER, 20_000)];
  const { call, id } = await called(actions);
  await call.heard(AFTER);
  void call.say(MACHINE_GREETING);
  expect(await call.ended()).toMatchObject({ by: "them" });
  expect(await ended(id)).toMatchObject({ hangup_by: "local", hangup_reason: "amd" });
});

test("async, with continue, the flow goes on, and comes to know it", async () => {
  const long = tonePrompt(lab, AFTER, 20_000);
  const { call, id, runId } = await called([amd({ machine_handle: "continue", async: true }), long]);
  await call.heard(AFTER);
  void call.say(MACHINE_GREETING);
  await eventually("the variable", async () => (await variablesOf(runId))["voipbin.call.amd.status"] === "MACHINE");
  expect(call.story.ending()).toBeUndefined();
  await call.hangup();
  expect(await ended(id)).toMatchObject({ hangup_by: "remote" });
});

test("killed while it listens, the verdict still counts", async () => {
  const { call, id } = await called([amd({ machine_handle: "hangup" }), tonePrompt(lab, AFTER)]);
  await eventually("its beginning", async () =>
    factsOf(await lab.api.list(`/calls/${id}/timeline`), "action_started").some(({ action }) => action === "amd"),
  );
  await lab.ringdown.kill();
  // A machine that goes on, however long the restart takes.
  void call.say(words(...Array.from({ length: 20 }, () => 700)));
  await lab.ringdown.start();
  expect(await call.ended()).toMatchObject({ by: "them" });
  expect(await ended(id)).toMatchObject({ hangup_by: "local", hangup_reason: "amd" });
});

test("who hangs up while it listens has hung up", async () => {
  const { call, id, runId } = await called([amd({ machine_handle: "hangup" })]);
  await call.say(words(200));
  await call.hangup();
  expect(await ended(id)).toMatchObject({ hangup_by: "remote" });
  await eventually("the variable", async () => (await variablesOf(runId))["voipbin.call.amd.status"] === "HANGUP");
});

test("a caller who has not been answered can't be judged, and the flow goes on", async () => {
  const call = await lab.call([amd({ machine_handle: "hangup" }), { type: "answer" }, tonePrompt(lab, AFTER)]);
  await call.heard(AFTER);
  await call.ended();
  const failures = factsOf(await lab.timelineOf(call.number), "action_failed");
  expect(failures).toEqual([expect.objectContaining({ action: "amd", error: "ActionError" })]);
});
