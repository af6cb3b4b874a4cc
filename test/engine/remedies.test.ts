import { expect, test } from "vitest";
import type { Action } from "../../src/model/action.ts";
import { BOB, newMeeting, sip } from "./meeting.ts";
import { endedRunIn } from "./one-call.ts";

const UNKNOWN = "11111111-1111-4111-8111-111111111111";
const action = (type: string, option: Action["option"]): Action => ({ id: type, type, option });

/** What a call that nobody has answered runs, all of it in vain, and what is to be done about each. */
const IN_VAIN: readonly (readonly [Action, remedy: string])[] = [
  [action("amd", { machine_handle: "hangup" }), "`answer`"],
  [action("recording_start", {}), "`answer`"],
  [action("transcribe_start", {}), "`answer`"],
  [action("queue_join", { queue_id: UNKNOWN }), "GET /v1.0/queues"],
  [action("conference_join", { conference_id: UNKNOWN }), "GET /v1.0/conferences"],
  [action("confbridge_join", { confbridge_id: UNKNOWN }), "GET /v1.0/confbridges"],
  [action("fetch_flow", { flow_id: UNKNOWN }), "GET /v1.0/flows"],
  [action("call", { destinations: [sip(BOB)], flow_id: UNKNOWN }), "GET /v1.0/flows"],
  [action("chatbot_talk", { chatbot_id: UNKNOWN }), "GET /v1.0/chatbots"],
];

test("what can't be done says what to do about it", async () => {
  const meeting = await newMeeting();
  await meeting.start();
  const { reference_id } = await meeting.arrive(IN_VAIN.map(([each]) => each));
  await endedRunIn(meeting.storage);
  const failed = (await meeting.timelineOf(reference_id)).filter(({ type }) => type === "action_failed");
  expect(failed.map(({ data }) => [data.action, data.remedy])).toEqual(
    IN_VAIN.map(([{ type }, remedy]) => [type, expect.stringContaining(remedy)]),
  );
});
