import { randomUUID } from "node:crypto";
import type { AccessKey } from "../../src/model/access-key.ts";
import type { Agent } from "../../src/model/agent.ts";
import type { AgentDuty } from "../../src/model/agent-duty.ts";
import type { Call } from "../../src/model/call.ts";
import type { Chatbot } from "../../src/model/chatbot.ts";
import type { Chatbotcall } from "../../src/model/chatbotcall.ts";
import type { Extension } from "../../src/model/extension.ts";
import type { Flow } from "../../src/model/flow.ts";
import type { PhoneNumber } from "../../src/model/number.ts";
import type { Queue } from "../../src/model/queue.ts";
import type { Queuecall } from "../../src/model/queuecall.ts";
import type { Recording } from "../../src/model/recording.ts";
import type { Tag } from "../../src/model/tag.ts";
import type { TimelineEntry } from "../../src/model/timeline.ts";
import type { Trunk } from "../../src/model/trunk.ts";
import type { ActiveflowRecord, StoredFrame, StoredPosition } from "../../src/ports/activeflow-store.ts";
import type { Delivery } from "../../src/ports/delivery-store.ts";
import type { DeliveryRequest } from "../../src/ports/outbox.ts";

/** Milliseconds after the first sample, as a timestamp. */
export const at = (afterMs: number): string => new Date(1_800_000_000_000 + afterMs).toISOString();

const common = () => ({ id: randomUUID(), customer_id: randomUUID(), tm_create: at(0), tm_update: at(0) });

export const sampleFlow = (changes: Partial<Flow> = {}): Flow => ({
  ...common(),
  name: "menu",
  detail: "ünï€ 😀 \u0000 'quoted'",
  actions: [{ id: "greet", type: "talk", option: { text: "Hello", nested: { list: [1, 2.5, null, true] } } }],
  on_complete_flow_id: null,
  ...changes,
});

export const sampleNumber = (number: string, changes: Partial<PhoneNumber> = {}): PhoneNumber => ({
  ...common(),
  number,
  call_flow_id: null,
  message_flow_id: null,
  name: "",
  detail: "",
  ...changes,
});

export const sampleKey = (changes: Partial<AccessKey> = {}): AccessKey => ({
  ...common(),
  name: "first",
  hash: randomUUID(),
  ...changes,
});

export const sampleExtension = (extension: string, changes: Partial<Extension> = {}): Extension => ({
  ...common(),
  extension,
  name: "",
  detail: "",
  message_flow_id: null,
  status: "pending",
  status_reason: null,
  realm: "ringdown",
  digest: "0".repeat(32),
  ...changes,
});

export const sampleChatbot = (changes: Partial<Chatbot> = {}): Chatbot => ({
  ...common(),
  name: "desk",
  detail: "",
  engine_type: "script",
  engine_url: null,
  engine_model: "",
  engine_key: null,
  init_prompt: "",
  script: [],
  thinks_ahead: null,
  ...changes,
});

export const sampleChatbotcall = (changes: Partial<Chatbotcall> = {}): Chatbotcall => ({
  ...common(),
  chatbot_id: randomUUID(),
  chatbot_engine_type: "script",
  activeflow_id: randomUUID(),
  reference_type: "call",
  reference_id: randomUUID(),
  status: "progressing",
  end_reason: null,
  gender: null,
  language: "en-US",
  messages: [],
  actions: [],
  tm_end: null,
  ...changes,
});

export const sampleTrunk = (changes: Partial<Trunk> = {}): Trunk => ({
  ...common(),
  name: "carrier",
  host: "sip.example.com",
  port: 5060,
  transport: "udp",
  username: "anna",
  password: "ünreadable \u0000 'quoted'",
  register: true,
  prefixes: ["+49", ""],
  priority: 1,
  max_calls: 10,
  max_calls_per_second: null,
  caller_id: "+4930123456",
  from_user: null,
  from_domain: null,
  detail: "",
  status: "pending",
  status_reason: null,
  ...changes,
});

export const sampleTag = (name: string, changes: Partial<Tag> = {}): Tag => ({
  ...common(),
  name,
  detail: "",
  ...changes,
});

export const sampleAgent = (changes: Partial<Agent> = {}): Agent => ({
  ...common(),
  name: "Anna",
  detail: "",
  addresses: [{ type: "extension", target: randomUUID(), target_name: "1001" }],
  tag_ids: [randomUUID()],
  ring_method: "linear",
  status: "ringing",
  ...changes,
});

export const sampleQueue = (changes: Partial<Queue> = {}): Queue => ({
  ...common(),
  name: "sales",
  detail: "",
  tag_ids: [randomUUID()],
  routing_method: "random",
  wait_flow_id: randomUUID(),
  wait_timeout: 60_000,
  service_timeout: 0,
  ring_time: 20_000,
  rest_time: 10_000,
  wrap_up_time: 0,
  total_incoming_count: 0,
  total_serviced_count: 0,
  total_abandoned_count: 0,
  ...changes,
});

export const sampleQueuecall = (changes: Partial<Queuecall> = {}): Queuecall => ({
  ...common(),
  queue_id: randomUUID(),
  reference_type: "call",
  reference_id: randomUUID(),
  reference_activeflow_id: null,
  source: { type: "tel", target: "+15550001" },
  status: "waiting",
  end_reason: null,
  service_agent_id: null,
  groupcall_id: null,
  timeout_wait: 0,
  timeout_service: 0,
  tm_service: null,
  tm_end: null,
  ticket: 1,
  ...changes,
});

export const sampleDuty = (changes: Partial<AgentDuty> = {}): AgentDuty => ({
  ...common(),
  queuecall_id: randomUUID(),
  groupcall_id: randomUUID(),
  kind: "ringing",
  holds_status: true,
  until_ms: null,
  ...changes,
});

export const sampleCall = (changes: Partial<Call> = {}): Call => ({
  ...common(),
  flow_id: null,
  activeflow_id: null,
  channel_id: randomUUID(),
  direction: "incoming",
  early_execution: false,
  source: { type: "tel", target: "+15550001", name: "Ann" },
  destination: { type: "tel", target: "1000" },
  status: "ringing",
  groupcall_id: null,
  master_call_id: null,
  chained: false,
  dialing: null,
  hops: 0,
  mute_direction: "",
  on_hold: false,
  own_sound: "",
  external_media: [],
  recording_id: null,
  recording_ids: [],
  hangup_by: null,
  hangup_reason: null,
  hangup_cause: null,
  tm_ringing: at(1),
  tm_progressing: null,
  tm_hangup: null,
  ...changes,
});

export const samplePosition = (steps: number): StoredPosition => ({
  frames: [
    { id: "0", index: 0, jumpsOf: { menu: steps }, again: { value: { round: [steps, null] }, until: "the queue" } },
    { id: "7", index: 1, jumpsOf: {}, again: { value: false } },
    { id: "9", index: 0, jumpsOf: {} },
  ],
  steps,
  jumps: 0,
  step: { id: `step-${steps}`, startedAtMs: steps, memo: { until: steps, list: ["a", null] } },
});

export const sampleRun = (changes: Partial<ActiveflowRecord> = {}): ActiveflowRecord => ({
  ...common(),
  flow_id: null,
  status: "running",
  reference_type: "call",
  reference_id: randomUUID(),
  reference_activeflow_id: null,
  on_complete_flow_id: null,
  complete_count: 0,
  position: samplePosition(1),
  variables: { "voipbin.call.digits": "12" },
  ended_reason: null,
  tm_end: null,
  ...changes,
});

export const sampleFrame = (id = "0"): StoredFrame => ({
  id,
  actions: [
    { id: "a", type: "answer", option: {} },
    { id: "b", next_id: "a", type: "sleep", option: { duration: 100 } },
  ],
});

export const sampleDelivery = (changes: Partial<Delivery<DeliveryRequest>> = {}): Delivery<DeliveryRequest> => ({
  id: randomUUID(),
  customer_id: randomUUID(),
  activeflow_id: null,
  call_id: null,
  lane: randomUUID(),
  request: { url: "https://a.test/hook", method: "POST", headers: { "content-type": "text/plain" }, body: "ünï€ 😀" },
  createdAtMs: 0,
  ...changes,
});

/** A fact about a run that is about a call. */
export const sampleFact = (
  of: { readonly activeflow_id?: string | null; readonly call_id?: string | null },
  data: Readonly<Record<string, unknown>> = {},
): TimelineEntry => ({ at: at(0), type: "note", activeflow_id: null, call_id: null, ...of, data });

/** A recording of a call, being made. */
export const sampleRecording = (changes: Partial<Recording> = {}): Recording => {
  const { customer_id, ...own } = common();
  const reference_id = randomUUID();
  return {
    ...own,
    customer_id,
    activeflow_id: null,
    reference_type: "call",
    reference_id,
    status: "recording",
    format: "wav",
    channels: 1,
    paused: false,
    on_end_flow_id: null,
    on_end_activeflow_id: null,
    recording_name: `call_${reference_id}_${at(0)}`,
    filenames: [`call_${reference_id}_${at(0)}.wav`],
    end_reason: null,
    duration_ms: null,
    size: null,
    fault: null,
    tm_start: at(0),
    tm_end: null,
    source: { kind: "channel", id: "c1" },
    end_of_silence: 0,
    end_of_key: "none",
    max_duration: 0,
    storage_key: null,
    work: null,
    paused_ms: 0,
    tm_paused: null,
    ...changes,
  };
};
