/**
 * The engine: takes calls, runs their flows, and takes back what an earlier process left.
 *
 * 1. What was running is restored before the switch is listened to, so that events it kept for us find their call.
 * 2. Restored runs go on only when the switch is reachable and has been compared with what we think.
 */
import type { Logger } from "pino";
import type { ActionCatalogue } from "../flow/action.ts";
import type { FlowLimits } from "../flow/limits.ts";
import type { VariableLimits } from "../flow/variable-limits.ts";
import type { HangupReason } from "../model/hangup.ts";
import type { Recording } from "../model/recording.ts";
import type { SpeechMoment, Transcript } from "../model/transcribe.ts";
import type { AnsweringMachines } from "../ports/answering-machines.ts";
import type { Bridges } from "../ports/bridges.ts";
import type { ChannelSound } from "../ports/channel-sound.ts";
import type { ChatEngine } from "../ports/chatbot.ts";
import type { Clock } from "../ports/clock.ts";
import { CallStateError, type EngineControl } from "../ports/engine-control.ts";
import type { Ids } from "../ports/ids.ts";
import type { LiveAudio } from "../ports/live-audio.ts";
import type { MediaLines } from "../ports/media-lines.ts";
import type { Metrics } from "../ports/metrics.ts";
import type { OutboundMedia } from "../ports/outbound-media.ts";
import type { Phones } from "../ports/phones.ts";
import type { RecordedMedia } from "../ports/recorded-media.ts";
import type { Recorder } from "../ports/recorder.ts";
import type { Voice } from "../ports/speech.ts";
import type { SpeechRecognizer } from "../ports/speech-recognition.ts";
import type { Storage } from "../ports/storage.ts";
import type { Telephony } from "../ports/telephony.ts";
import type { IncomingText, TextMessages } from "../ports/text-messages.ts";
import { type Activeflows, createActiveflows } from "./active-flows.ts";
import { connectorOf } from "./bridging/connector.ts";
import { callOperations } from "./call-operations.ts";
import type { CallScope } from "./call-scope.ts";
import { createCallSounds } from "./call-sound.ts";
import { createCalls } from "./calls.ts";
import { type ChatSettings, createChatbots } from "./chatbot/chatbots.ts";
import { createConferences } from "./conferences/conferences.ts";
import { createDestinations } from "./dialing/destinations.ts";
import { createGroupcalls } from "./dialing/groupcalls.ts";
import { createLegs } from "./dialing/legs.ts";
import { createOrders } from "./dialing/orders.ts";
import { originatorOf } from "./dialing/originator.ts";
import { createTrunkLimits } from "./dialing/trunk-limits.ts";
import { createTrunkSlots } from "./dialing/trunk-slots.ts";
import { hangUp } from "./hang-up.ts";
import { unlessLeaving } from "./hangup-news.ts";
import type { Health } from "./health.ts";
import { inboundCalls } from "./inbound.ts";
import { inboundTexts } from "./inbound-texts.ts";
import { createExternalMedias } from "./live/external-media.ts";
import { machineDetector } from "./machine-detection.ts";
import { onEndFlows } from "./on-end-flows.ts";
import { patientStorage } from "./patient-storage.ts";
import { queueingOf } from "./queues/queueing.ts";
import { createQueues } from "./queues/queues.ts";
import { ringAgents } from "./queues/ring-agents.ts";
import { watchedStores } from "./queues/watched-stores.ts";
import { createReaper } from "./reaper.ts";
import { callRecorderOf } from "./recording/call-recorder.ts";
import { recordedCall } from "./recording/recorded-call.ts";
import { recordedConfbridge } from "./recording/recorded-confbridge.ts";
import { recordingControl } from "./recording/recording-control.ts";
import { RECORDING_ID, recordingVariables } from "./recording/recording-variables.ts";
import { createRecordings } from "./recording/recordings.ts";
import { restore } from "./restore.ts";
import type { SharedPorts } from "./run-ports.ts";
import { listenedCall } from "./transcribing/listened.ts";
import { transcribeControl } from "./transcribing/transcribe-control.ts";
import { createTranscriptions } from "./transcribing/transcriptions.ts";

/** How often everybody who waits for the switch asks it whether its news was lost, and leftovers are looked for. */
const LOOK_AGAIN_MS = 30_000;

/** How long after a failed comparison with the switch the next one begins. */
const RECONCILE_AGAIN_MS = 1_000;

export type EngineServices = {
  readonly storage: Storage;
  readonly telephony: Telephony;
  readonly bridges: Bridges;
  readonly sound: ChannelSound;
  readonly phones: Phones;
  readonly liveAudio: LiveAudio;
  readonly machines: AnsweringMachines;
  readonly recognizer: SpeechRecognizer;
  /** Hears of what is being said in calls that are transcribed, while it is. */
  readonly onSpeech: (moment: SpeechMoment, transcript: Transcript) => void;
  readonly voice: Voice;
  readonly chatEngine: ChatEngine;
  readonly chatSettings: ChatSettings;
  readonly texts: Pick<TextMessages, "onText">;
  readonly mediaLines: MediaLines;
  readonly outboundMedia: OutboundMedia;
  readonly recording: {
    readonly recorder: Recorder;
    readonly media: RecordedMedia;
    /** Hears when there is something to fetch from the switch. */
    readonly onOver: () => void;
  };
  readonly catalogue: ActionCatalogue;
  readonly ports: SharedPorts;
  readonly limits: {
    readonly flow: FlowLimits;
    readonly variables: VariableLimits;
    readonly maxCallMs: number;
    /** How long a flow may wait for what becomes of a message. */
    readonly messageDeadlineMs: number;
    /** Prefixes of telephone numbers that may be dialled. */
    readonly allowedNumbers: readonly string[];
  };
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly health: Health;
};

export interface Engine extends EngineControl {
  /** The stores through which agents and queues are to be changed, so that it counts at once. */
  readonly stores: Pick<Storage, "agents" | "queues">;
  /** Takes back what an earlier process left, then begins to take calls. */
  start(): Promise<void>;
  stop(): void;
  /** Takes a text that came in by way of a gateway, and starts its flow. */
  readonly takeText: (text: IncomingText) => Promise<void>;
  /** A recording has its file, or will have none: its run is told how long it has become. */
  recordingEnded(recording: Recording): void;
  /** The flows that follow what has ended. */
  readonly onEnd: ReturnType<typeof onEndFlows>;
  /** See `Activeflows`. */
  readonly interrupt: Activeflows["interrupt"];
}

export function createEngine(services: EngineServices): Engine {
  const { telephony, liveAudio, bridges, sound, phones, recording, machines, catalogue, ports, limits } = services;
  const { clock, ids, log, metrics } = services;
  const storage = patientStorage(services.storage, services.health, log);
  const closing = new AbortController();
  let goOn = () => {};

  const background = (work: Promise<unknown>) => {
    work.catch((error) => {
      if (closing.signal.aborted) return;
      log.error({ err: error }, "background work failed");
    });
  };

  const sounds = createCallSounds(sound);
  const conferences = createConferences({
    storage,
    bridges,
    sounds,
    callOn: (channelId) => calls.on(channelId),
    telephony,
    clock,
    ids,
    log,
    background,
    closing: closing.signal,
    recall: (callId, key) => (calls.find(callId) ? activeflows.recall(callId, key) : undefined),
  });
  const externalMedias = createExternalMedias({
    lines: services.mediaLines,
    liveAudio: services.liveAudio,
    outbound: services.outboundMedia,
    clock,
    ids,
    log,
    background,
  });
  const { voice, recognizer, chatEngine, chatSettings } = services;
  const chatbots = createChatbots({
    ...{ storage, liveAudio, voice, recognizer, clock, ids, log, metrics, background },
    engine: chatEngine,
    settings: chatSettings,
  });
  const activeflows = createActiveflows({
    storage,
    telephony,
    liveAudio,
    catalogue,
    flowLimits: limits.flow,
    variableLimits: limits.variables,
    ports,
    clock,
    ids,
    log,
    metrics,
    background,
    originator: (parts) => originatorOf({ ...parts, orders, calls: storage.calls, ids }),
    queueing: ({ scope, state }) =>
      queueingOf({ queues, scope, activeflowId: state.record.id, bridges, sounds, clock, ids, background }),
    computed: (scope) => queues.variablesOf(scope),
    onListLeft: (list) => queues.flowLeft(list),
    transcribing: (scope) => ({
      newId: ids.next,
      start: async (id, order) => void (await transcriptions.start(listenedCall(scope, liveAudio), id, order)),
      stop: () => transcriptions.stopOfCall(scope.call.id),
    }),
    chatbots: (parts) => chatbots.portFor(parts),
    machines: (parts) => machineDetector({ ...parts, machines }),
    connector: (parts) => connectorOf({ ...parts, groupcalls, bridges, sound, sounds, clock, ids }),
    conferencing: conferences.portFor,
    externalMedia: externalMedias.portFor,
    recorder: ({ scope, state, step }) => callRecorderOf({ scope, state, step, recordings, ids }),
    recorded: recording.media,
    messageDeadlineMs: limits.messageDeadlineMs,
  });
  const recordings = createRecordings({
    store: storage.recordings,
    recorder: recording.recorder,
    clock,
    ids,
    log,
    background,
    onChange: tellOfRecording,
    onOver: recording.onOver,
  });
  const calls = createCalls({
    storage,
    telephony,
    activeflows,
    clock,
    log,
    metrics,
    maxCallMs: limits.maxCallMs,
    onOpen: (scope) => queues.callBegan(scope),
    onNewChannel: (channel) => takeInbound(channel),
    onDigit: (callId, digit) => recordings.digit(callId, digit),
    onPrompted: (scope) => background(unlessLeaving(scope, sounds.prompted(scope))),
    background,
  });
  const takeInbound = inboundCalls({
    storage,
    telephony,
    activeflows,
    open: calls.open,
    all: calls.all,
    clock,
    ids,
    log,
    metrics,
    background,
  });

  const takeText = inboundTexts({ storage, activeflows, clock, ids, log });
  const destinations = createDestinations({ storage, phones, allowed: limits.allowedNumbers, ids, log });
  const slots = createTrunkSlots(storage.trunks, createTrunkLimits(clock));
  const legs = createLegs({ storage, telephony, activeflows, calls, slots, clock, log, background });
  const groupcalls = createGroupcalls({ storage, telephony, calls, legs, destinations, clock, log, background });
  const orders = createOrders({ storage, activeflows, calls, legs, groupcalls, destinations, ids });
  const queues = createQueues({
    storage,
    ring: ringAgents(groupcalls),
    silence: async (groupId) => (await groupcalls.find(groupId))?.cancel(),
    interrupt: activeflows.interrupt,
    clock,
    ids,
    random: Math.random,
    log,
    background,
    closing: closing.signal,
  });

  const onEnd = onEndFlows({ storage, activeflows, media: recording.media, clock, log, closing: closing.signal });
  const transcriptions = createTranscriptions({
    ...{ storage, recognizer, clock, ids, log, metrics, background },
    closing: closing.signal,
    onSpeech: services.onSpeech,
    onTranscript: activeflows.hearOfTranscript,
    follow: onEnd.ofTranscribe,
  });
  const transcribes = transcribeControl({
    ...{ transcriptions, find: calls.find, liveAudio, bridges, recognizer, storage, clock, ids },
    closing: closing.signal,
  });

  const operations = callOperations({ sounds, sound, speech: ports.speech, ids, background });
  const serves = (id: string, scope?: CallScope) =>
    (scope !== undefined && operations.adopt(scope, id)) || transcriptions.serves(id);
  const reap = createReaper({ telephony, activeflows, calls, serves, clock, metrics });

  function tellOfRecording(changed: Recording): void {
    const isNews = changed.status === "recording";
    const variables = recordingVariables(changed, recording.media.urlOf(changed.id));
    activeflows.tell(changed.reference_id, variables, isNews ? undefined : [RECORDING_ID, changed.id]);
  }

  async function reconcile(): Promise<void> {
    try {
      await calls.reconcile(closing.signal);
      for (const told of await machines.told(closing.signal)) calls.handle(told);
    } catch (error) {
      if (closing.signal.aborted) return;
      log.warn({ err: error }, "could not compare calls with the switch, trying again");
      await clock.sleepUntil(clock.now() + RECONCILE_AGAIN_MS, closing.signal);
      return reconcile();
    }
    calls.lookAgain();
    for (const scope of calls.all()) background(unlessLeaving(scope, sounds.restore(scope)));
    background(recordings.reconcile(closing.signal));
    const go = goOn;
    goOn = () => {};
    go();
    background(conferences.reconcile());
    await reap(closing.signal);
  }

  function lookAgain(): void {
    calls.lookAgain();
    background(conferences.lookAgain());
    background(reap(closing.signal));
  }

  return {
    async start() {
      telephony.onEvent(calls.handle);
      services.texts.onText(takeText);
      telephony.onReachable(() => background(reconcile()));
      const goOnWithFlows = await restore({
        storage,
        telephony,
        activeflows,
        calls,
        legs,
        groupcalls,
        queues,
        externalMedias,
        background,
      });
      const goOnListening = await transcriptions.restore(transcribes.listenedOf);
      goOn = () => {
        goOnListening();
        goOnWithFlows();
      };
      await conferences.restore();
      background(chatbots.settle(calls.find));
      await recordings.restore(({ reference_type, reference_id: id, customer_id }) => {
        if (reference_type === "confbridge") return recordedConfbridge({ id, customer_id }, conferences.isAttended);
        const scope = calls.find(id);
        return scope && recordedCall(scope);
      });
      const looking = setInterval(lookAgain, LOOK_AGAIN_MS).unref();
      closing.signal.addEventListener("abort", () => clearInterval(looking));
      await telephony.start();
    },
    stop: () => closing.abort(new Error("the engine stops")),
    placeCalls: (order) => orders.place(order),
    placeGroupcall: orders.placeGroup,
    hangupGroupcall: orders.hangupGroup,
    conferences: conferences.control,
    recordings: recordingControl({
      recordings,
      find: calls.find,
      isAttended: conferences.isAttended,
      sound,
      ids,
      background,
    }),
    recordingEnded: tellOfRecording,
    onEnd,
    async hangupCall(callId: string, reason?: HangupReason) {
      const scope = calls.find(callId);
      if (!scope) return false;
      await hangUp(scope, telephony, reason);
      return true;
    },
    async operateCall(callId, operation) {
      const scope = calls.find(callId);
      if (!scope) throw new CallStateError("ended");
      return operations.operate(scope, operation);
    },
    takeText,
    ...transcribes.control,
    interrupt: activeflows.interrupt,
    kickQueuecall: queues.kick,
    stores: watchedStores(services.storage, queues),
    stopActiveflow: activeflows.stop,
    async startActiveflow({ customerId, variables, onCompleteFlowId, ...runnable }) {
      activeflows.checkVariables(variables);
      const flow = "flowId" in runnable ? await storage.flows.get(runnable.flowId, customerId) : undefined;
      return activeflows.start({
        customerId,
        flowId: flow?.id ?? null,
        actions: "flowId" in runnable ? (flow?.actions ?? []) : runnable.actions,
        onCompleteFlowId: onCompleteFlowId ?? flow?.on_complete_flow_id ?? null,
        referenceType: "api",
        referenceId: null,
        variables,
      });
    },
  };
}
