/** The language against its specification, type by type and option by option. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { actions } from "../../src/actions/registry.generated.ts";
import { jsonSchemaOf } from "../../src/flow/json-schema.ts";

/** Every type that is specified, with every option that is. What we add to them is ours. */
const SPECIFIED: Readonly<Record<string, readonly string[]>> = {
  agent_call: ["agent_id"],
  amd: ["machine_handle", "async"],
  answer: [],
  beep: [],
  branch: ["variable", "default_target_id", "target_ids"],
  call: ["source", "destinations", "flow_id", "actions", "chained", "early_execution"],
  chatbot_talk: ["chatbot_id", "gender", "language", "duration"],
  condition_call_digits: ["length", "key", "false_target_id"],
  condition_call_status: ["status", "false_target_id"],
  condition_datetime: ["condition", "minute", "hour", "day", "month", "weekdays", "false_target_id"],
  condition_variable: [
    ...["condition", "variable", "value_type", "value_string", "value_number", "value_length"],
    "false_target_id",
  ],
  confbridge_join: ["confbridge_id"],
  conference_join: ["conference_id"],
  connect: ["source", "destinations", "early_media", "relay_reason"],
  conversation_send: ["conversation_id", "text", "sync"],
  digits_receive: ["duration", "length", "key"],
  digits_send: ["digits", "duration", "interval"],
  echo: ["duration"],
  external_media_start: [
    ...["external_host", "encapsulation", "transport", "connection_type", "format", "direction", "data"],
  ],
  external_media_stop: [],
  fetch: ["event_url", "event_method"],
  fetch_flow: ["flow_id"],
  goto: ["target_id", "loop_count"],
  hangup: [],
  hangup_relay: ["reference_id"],
  message_send: ["source", "destinations", "text"],
  play: ["stream_urls"],
  queue_join: ["queue_id"],
  recording_start: ["format", "end_of_silence", "end_of_key", "duration", "beep_start"],
  recording_stop: [],
  sleep: ["duration"],
  stop: [],
  stream_echo: ["duration"],
  talk: ["text", "language", "provider", "voice_id", "digits_handle"],
  transcribe_recording: ["language", "provider", "direction"],
  transcribe_start: ["language", "provider", "direction"],
  transcribe_stop: [],
  variable_set: ["key", "value"],
  webhook_send: ["sync", "uri", "method", "data_type", "data"],
};

const COMPARISONS = ["==", "!=", ">", ">=", "<", "<="];
const LISTENING = { provider: ["gcp", "aws"], direction: ["in", "out", "both"] };

/** The values that are specified, of options that have no others. */
const VALUES: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  amd: { machine_handle: ["hangup", "continue"] },
  chatbot_talk: { gender: ["male", "female", "neutral"] },
  condition_call_status: { status: ["dialing", "ringing", "progressing", "terminating", "canceling", "hangup"] },
  condition_datetime: { condition: COMPARISONS },
  condition_variable: { condition: COMPARISONS, value_type: ["string", "number", "length"] },
  external_media_start: { direction: ["both", "send", "receive"] },
  fetch: { event_method: ["GET", "POST"] },
  recording_start: { format: ["wav", "mp3", "ogg"], end_of_key: ["none", "any", "*", "#"] },
  talk: { provider: ["gcp", "aws"], digits_handle: ["next"] },
  transcribe_recording: LISTENING,
  transcribe_start: LISTENING,
  webhook_send: { method: ["POST", "GET", "PUT", "DELETE"] },
};

test("every type that is specified is there, and no other", () => {
  expect(Object.keys(SPECIFIED)).toHaveLength(39);
  expect([...actions.keys()].sort()).toEqual(Object.keys(SPECIFIED).sort());
});

test.each([...actions.values()].map((definition) => [definition.type, definition] as const))(
  "%s has every option that is specified",
  (type, { option }) => {
    const has = Object.keys(jsonSchemaOf(option).properties ?? {});
    expect((SPECIFIED[type] ?? []).filter((name) => !has.includes(name))).toEqual([]);
  },
);

test.each(
  Object.entries(VALUES).flatMap(([type, options]) => Object.entries(options).map((one) => [type, ...one] as const)),
)("%s takes every value of %s that is specified", (type, name, values) => {
  const option = jsonSchemaOf(actions.get(type)?.option ?? expect.fail(type)).properties?.[name];
  expect(JSON.stringify(option)).toMatch(/"enum"|"const"/);
  for (const value of values) expect(JSON.stringify(option)).toContain(JSON.stringify(value));
});

test("the README shows every action with an example", () => {
  const readme = readFileSync(join(import.meta.dirname, "../../README.md"), "utf8");
  for (const type of actions.keys())
    expect(readme).toMatch(new RegExp(`^\\| \\[\`${type}\`\\].*\\{"type":"${type}"`, "m"));
});
