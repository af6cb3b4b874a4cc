/** The language against its specification, type by type and option by option. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { actions } from "../../src/actions/registry.generated.ts";
import { isBlank, isSchema, type JsonSchema, jsonSchemaOf, resolve } from "../../src/flow/json-schema.ts";

/** A kind of value; with what is specified for an option that is absent, where something is. */
type Kind = "id" | "text" | "integer" | "number" | "boolean" | "object" | `list of ${string}`;
type Specified = Kind | readonly [Kind, absent: string | number | boolean];

const NO: Specified = ["boolean", false];
const LISTENS = { language: "text", provider: "text", direction: ["text", "both"] } as const;

/** Every type that is specified, with every option that is. What we add to them is ours. */
const SPECIFIED: Readonly<Record<string, Readonly<Record<string, Specified>>>> = {
  agent_call: { agent_id: "id" },
  amd: { machine_handle: "text", async: NO },
  answer: {},
  beep: {},
  branch: { variable: ["text", "voipbin.call.digits"], default_target_id: "id", target_ids: "object" },
  call: {
    ...{ source: "object", destinations: "list of object", flow_id: "id", actions: "list of object" },
    ...{ chained: NO, early_execution: NO },
  },
  chatbot_talk: { chatbot_id: "id", gender: "text", language: "text", duration: "integer" },
  condition_call_digits: { length: "integer", key: "text", false_target_id: "id" },
  condition_call_status: { status: "text", false_target_id: "id" },
  condition_datetime: {
    ...{ condition: "text", minute: "integer", hour: "integer", day: "integer", month: "integer" },
    ...{ weekdays: "list of integer", false_target_id: "id" },
  },
  condition_variable: {
    ...{ condition: "text", variable: "text", value_type: "text", value_string: "text", false_target_id: "id" },
    // Both sides are compared as IEEE doubles.
    ...{ value_number: "number", value_length: "integer" },
  },
  confbridge_join: { confbridge_id: "id" },
  conference_join: { conference_id: "id" },
  connect: {
    ...{ source: "object", destinations: "list of object", early_media: NO, relay_reason: NO },
    timeout: ["integer", 60_000],
  },
  conversation_send: { conversation_id: "id", text: "text", sync: NO },
  digits_receive: {
    ...{ duration: ["integer", 5_000], length: "integer", key: "text" },
    ...{ first_timeout: "integer", inter_digit_timeout: "integer", flush: NO },
  },
  digits_send: { digits: "text", duration: "integer", interval: "integer" },
  echo: { duration: ["integer", 180_000] },
  external_media_start: {
    ...{ external_host: "text", encapsulation: "text", transport: "text", format: "text", data: "text" },
    ...{ connection_type: ["text", "client"], direction: ["text", "both"] },
  },
  external_media_stop: {},
  fetch: { event_url: "text", event_method: "text" },
  fetch_flow: { flow_id: "id" },
  goto: { target_id: "id", loop_count: "integer" },
  hangup: { reason: "text" },
  hangup_relay: { reference_id: "id" },
  message_send: { source: "object", destinations: "list of object", text: "text" },
  play: { stream_urls: "list of text" },
  queue_join: { queue_id: "id" },
  recording_start: {
    ...{ format: "text", end_of_silence: ["integer", 0], end_of_key: "text", duration: ["integer", 0] },
    ...{ beep_start: NO, channels: ["integer", 1] },
  },
  recording_stop: {},
  sleep: { duration: "integer" },
  stop: {},
  stream_echo: { duration: ["integer", 180_000] },
  talk: { text: "text", language: "text", provider: ["text", "gcp"], voice_id: "text", digits_handle: "text" },
  transcribe_recording: LISTENS,
  transcribe_start: LISTENS,
  transcribe_stop: {},
  variable_set: { key: "text", value: "text" },
  webhook_send: { sync: NO, uri: "text", method: "text", data_type: "text", data: "text" },
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

const everyOption = Object.entries(SPECIFIED).flatMap(([type, options]) =>
  Object.entries(options).map(([name, specified]) => {
    const [kind, absent] = typeof specified === "string" ? [specified] : specified;
    return { type, name, kind, absent };
  }),
);

test.each(everyOption)("$type: $name is of the kind $kind; when absent $absent", ({ type, name, kind, absent }) => {
  const root = jsonSchemaOf(actions.get(type)?.option ?? expect.fail(type));
  const option = root.properties?.[name];
  if (!isSchema(option)) expect.fail("there is no such option");
  expect(kindOf(root, option)).toBe(kind);
  if (absent !== undefined) expect(option.default).toBe(absent);
});

/** What a schema takes, apart from what stands for "absent". */
function kindOf(root: JsonSchema, written: JsonSchema): string {
  const schema = resolve(root, written);
  const { type, format, items, anyOf } = schema;
  const branches = anyOf?.filter((branch) => isSchema(branch) && !isBlank(branch)) as JsonSchema[] | undefined;
  if (branches) return [...new Set(branches.map((branch) => kindOf(root, branch)))].join(" or ");
  if (type === "array") return `list of ${isSchema(items) ? kindOf(root, items) : "anything"}`;
  if (type !== "string") return String(type);
  return format === "uuid" || written.$ref === "#/$defs/ActionId" ? "id" : "text";
}

test.each([
  ["one key is enough", "digits_receive", {}, { length: 1, duration: 5_000 }],
  ["with a key that ends it, any number of them", "digits_receive", { key: "#" }, { length: 0 }],
  [
    "RTP by UDP, in µ-law, both ways",
    "external_media_start",
    { external_host: "192.0.2.1:8000" },
    { carrier: "rtp", format: "ulaw", direction: "both" },
  ],
])("what is absent depends on the rest: %s", (_, type, written, read) => {
  expect(actions.get(type)?.option.parse(written)).toMatchObject(read);
});

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
