import type { z } from "zod";
import type { Call } from "../model/call.ts";
import type { Conversation } from "../model/conversation.ts";
import type { Flow } from "../model/flow.ts";
import type { JsonValue } from "../model/json.ts";
import type { MachineDetector } from "../ports/answering-machines.ts";
import type { CallControl } from "../ports/call-control.ts";
import type { CallRecorder } from "../ports/call-recorder.ts";
import type { Chatting } from "../ports/chatting.ts";
import type { Clock } from "../ports/clock.ts";
import type { Conferencing } from "../ports/conferencing.ts";
import type { Connector } from "../ports/connector.ts";
import type { Digits } from "../ports/digits.ts";
import type { ExternalMediaControl } from "../ports/external-media.ts";
import type { Finder } from "../ports/finder.ts";
import type { FlowRequests } from "../ports/flow-requests.ts";
import type { MediaLibrary } from "../ports/media.ts";
import type { Messages } from "../ports/messages.ts";
import type { Originator } from "../ports/originator.ts";
import type { Outbox } from "../ports/outbox.ts";
import type { Queueing } from "../ports/queueing.ts";
import type { Speaker, SpeechRequest } from "../ports/speech.ts";
import type { Timeline } from "../ports/timeline.ts";
import type { Transcribing } from "../ports/transcribing.ts";
import type { RecordingTranscriber } from "../ports/transcribing-recordings.ts";
import type { Variables } from "../ports/variables.ts";
import type { Mentions } from "./mention.ts";
import type { Outcome } from "./outcome.ts";
import type { ListVerdict } from "./validate-list.ts";

/** Everything an action may ask for by name. */
export interface StepPorts {
  readonly clock: Clock;
  readonly call: CallControl;
  readonly digits: Digits;
  readonly variables: Variables;
  readonly timeline: Timeline;
  readonly speech: Speaker;
  readonly media: MediaLibrary;
  readonly http: FlowRequests;
  readonly outbox: Outbox;
  readonly messages: Messages;
  readonly conversations: Finder<Conversation>;
  readonly flows: Finder<Flow>;
  readonly calls: Finder<Call>;
  readonly connector: Connector;
  readonly machines: MachineDetector;
  readonly recorder: CallRecorder;
  readonly originator: Originator;
  readonly externalMedia: ExternalMediaControl;
  readonly conferencing: Conferencing;
  readonly queues: Queueing;
  readonly transcribing: Transcribing;
  readonly chatbots: Chatting;
  readonly recordingTranscriber: RecordingTranscriber;
  /** Checks a list of actions that comes from outside, so that it can run nested in this flow. Never throws. */
  readonly check: (list: unknown) => ListVerdict;
}
export type PortName = keyof StepPorts;

/** Ports that only a live call has; an action that uses one is skipped where there is none. */
export const callPorts = [
  "call",
  "digits",
  "connector",
  "externalMedia",
  "conferencing",
  "queues",
  "chatbots",
  "machines",
  "transcribing",
  "recorder",
] as const satisfies readonly PortName[];
export type CallPort = (typeof callPorts)[number];

/**
 * Returns the first result of `make` for this step, also when the step runs again after a crash.
 * `make`'s result is stored before it is returned; it must be plain JSON.
 */
export type Memo = <T extends JsonValue>(key: string, make: () => T | Promise<T>) => Promise<T>;

export type StepInput<Option> = {
  readonly option: Option;
  /** The same when the step runs again after a crash; no other step has it. */
  readonly stepId: string;
  /** When the step began for the first time, stored with it: waits count from here, also after a crash. */
  readonly startedAtMs: number;
  /** What the action left for itself by `fork(…, { thenAgain })`, when it runs again after that; else undefined. */
  readonly again: JsonValue | undefined;
  readonly memo: Memo;
  /**
   * Aborts when the call ends, the flow is stopped from outside, or the list that the action is in is interrupted. Whatever
   * the reason, the action lets go of what it holds and rejects. It may be aborted already when a step runs again.
   */
  readonly signal: AbortSignal;
};

/** How an action ends that comes to no end of its own: it fails, the call ends, or the flow is led elsewhere. */
export type Break = "failed" | "hangup" | "left";

/** What is known of a step that was broken off. */
export type BrokenStep = { readonly memo: Readonly<Record<string, unknown>>; readonly atMs: number };

/** Ids of actions that an option names, by the option's field: `{ 'target_ids["1"]': "sales" }`. */
export type Targets = Readonly<Record<string, string | undefined>>;

export interface ActionDefinition<Option = unknown, Uses extends PortName = PortName> {
  readonly type: string;
  /** One sentence: what it does. */
  readonly summary: string;
  /** Why it should not be used any more, and what instead. */
  readonly deprecated?: string;
  readonly option: z.ZodType<Option>;
  /**
   * What the option must be when it runs, variables put in, if that is less than `option`: for an action that can do
   * with the rest of its values when one of them is bad.
   */
  readonly optionAtRun?: z.ZodType<Option>;
  /** Fields of the option whose text the action wants as written, without variables put in. */
  readonly verbatim?: readonly string[];
  /** Options that must parse; shown in the reference. */
  readonly examples: readonly Readonly<Record<string, unknown>>[];
  readonly uses: readonly Uses[];
  /** Action ids in the option, which must exist in the flow. */
  readonly targets?: (option: Option) => Targets;
  /** Fields of the option that hold actions which run elsewhere; each list is checked as a flow of its own. */
  readonly lists?: readonly string[];
  /** Names of variables that it reads other than by a placeholder. */
  readonly reads?: (option: Option) => readonly string[];
  /** What it names that belongs to the customer, by the option's field. */
  readonly mentions?: (option: Option) => Mentions;
  /** What is allowed, but hardly meant: each a sentence for the one who wrote it, by the option's field. */
  readonly doubts?: (option: Option) => Readonly<Record<string, string>>;
  /** Whether the action after this one can follow; absent means yes. */
  readonly goesOn?: (option: Option) => boolean;
  /** Names of variables that it sets; `*` means any. */
  readonly sets?: (option: Option) => readonly string[];
  /**
   * What its variables say when it comes to no end of its own, whatever the reason, a bad option too: else they would say
   * how an earlier action went. A later process may be the one that asks.
   */
  readonly brokenOff?: (how: Break, step: BrokenStep) => Iterable<readonly [name: string, value: string]>;
  /** What it will say, so that it can be spoken before anybody calls. */
  readonly speaks?: (option: Option) => SpeechRequest;
  /** Answers the call by itself, so that media actions may follow. */
  readonly answers?: boolean;
  /** Needs an answered call to be useful; a flow that uses it before any answer gets a warning. */
  readonly wantsAnswer?: boolean;
  /** On a call that we make, it begins when that is answered: before, the switch lets nobody hear or press anything. */
  readonly waitsForAnswer?: boolean;
  /** Absent: specified, but not available in this version; a flow that uses it is refused. */
  readonly run?: (step: StepInput<Option> & Pick<StepPorts, Uses>) => Outcome | Promise<Outcome>;
}

/**
 * Declares an action. The result forgets `Option`, because a registry holds actions of every kind: the one cast is
 * sound since the engine hands `run` only what `option` has parsed and the ports that `uses` names.
 */
export function defineAction<Option, const Uses extends PortName>(
  definition: ActionDefinition<Option, Uses>,
): ActionDefinition {
  return definition as unknown as ActionDefinition;
}

/** Every action by its type. */
export type ActionCatalogue = ReadonlyMap<string, ActionDefinition>;
