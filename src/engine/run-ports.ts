import type { ActionCatalogue, CallPort, StepPorts } from "../flow/action.ts";
import { validateActions } from "../flow/validate.ts";
import { isSettled, newMessage } from "../model/message.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ids } from "../ports/ids.ts";
import type { MediaLibrary } from "../ports/media.ts";
import type { RecordedMedia } from "../ports/recorded-media.ts";
import type { Storage } from "../ports/storage.ts";
import { callOf } from "./run-plan.ts";
import type { RunState, Step } from "./run-state.ts";
import { recordingTranscriberOf } from "./transcribing/recorded.ts";

/** How often a message that a step waits for is looked at. */
const LOOK_MS = 100;

/** Ports that belong to one run, whether it has a call or not. */
type RunPorts = Pick<
  StepPorts,
  | "variables"
  | "timeline"
  | "outbox"
  | "messages"
  | "conversations"
  | "flows"
  | "calls"
  | "media"
  | "recordingTranscriber"
  | "check"
>;

/** Ports that all runs share. */
export type SharedPorts = Omit<StepPorts, Exclude<keyof RunPorts, "media"> | CallPort | "originator">;

type Services = {
  readonly storage: Storage;
  readonly catalogue: ActionCatalogue;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly ports: { readonly media: MediaLibrary };
  readonly recorded: RecordedMedia;
  /** How long a step may wait for what becomes of a message. */
  readonly messageDeadlineMs: number;
};

/** What one step may see and do besides its call: as the customer that the run belongs to, and nobody else. */
export function portsOfRun(state: RunState, step: Step, services: Services): RunPorts {
  const { storage, catalogue, clock, ids, ports, recorded, messageDeadlineMs } = services;
  const { record, variables, addFact, addDelivery, addMessage } = state;
  const { customer_id } = record;
  let deliveries = 0;
  return {
    variables,
    timeline: { add: addFact },
    outbox: {
      add(request) {
        deliveries += 1;
        addDelivery({
          id: deliveries === 1 ? step.id : `${step.id}.${deliveries}`,
          customer_id,
          activeflow_id: record.id,
          call_id: callOf(record),
          // One server that is away holds up what the same call has for it, and nothing else.
          lane: `${record.reference_id ?? record.id} ${new URL(request.url).origin}`,
          request,
          createdAtMs: clock.now(),
        });
      },
    },
    messages: {
      add(order) {
        const id = ids.next();
        const tm_create = new Date(clock.now()).toISOString();
        const origin = { id, customer_id, activeflow_id: record.id, call_id: callOf(record), tm_create };
        addMessage(newMessage(order, origin));
        return id;
      },
      async settled(id, signal) {
        const untilMs = step.startedAtMs + messageDeadlineMs;
        for (;;) {
          const message = await storage.messages.get(id, customer_id);
          if (!message || isSettled(message) || clock.now() >= untilMs) return message;
          // Another process may be the one that sends it: the storage alone knows.
          await clock.sleepUntil(Math.min(untilMs, clock.now() + LOOK_MS), signal);
        }
      },
    },
    flows: { find: (id) => storage.flows.get(id, customer_id) },
    calls: { find: (id) => storage.calls.get(id, customer_id) },
    conversations: { find: (id) => storage.conversations.get(id, customer_id) },
    media: { fetch: (url, signal) => recorded.find(url, customer_id, signal) ?? ports.media.fetch(url, signal) },
    recordingTranscriber: recordingTranscriberOf(record, { storage, clock, ids }),
    check: (list) =>
      validateActions(list, {
        catalogue,
        nextId: ids.next,
        outerIds: state.cursor.frames.flatMap(({ actions }) => actions.map(({ id }) => id)),
      }),
  };
}
