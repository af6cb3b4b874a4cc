/** The composition of the server: the only place that knows every adapter. */
import { join } from "node:path";
import type { Logger } from "pino";
import { actions } from "./actions/registry.generated.ts";
import { asteriskAccounts } from "./asterisk/accounts.ts";
import { asteriskAnsweringMachines } from "./asterisk/answering-machines.ts";
import { connectAri } from "./asterisk/ari/connection.ts";
import { downloadFrom } from "./asterisk/ari/download.ts";
import { asteriskTelephony } from "./asterisk/asterisk.ts";
import { asteriskBridges } from "./asterisk/bridges.ts";
import { asteriskChannelSound } from "./asterisk/channel-sound.ts";
import { directBridgesOn } from "./asterisk/direct-bridges.ts";
import { asteriskLiveAudio } from "./asterisk/live-audio.ts";
import { asteriskMediaLines } from "./asterisk/media-lines.ts";
import { asteriskPhones } from "./asterisk/phones.ts";
import { asteriskRecorder } from "./asterisk/recorder.ts";
import { asteriskRegistrations } from "./asterisk/registrations.ts";
import { resolveHost } from "./asterisk/resolve-host.ts";
import { snoopsOn } from "./asterisk/snoops.ts";
import { steadySending } from "./asterisk/steady-sending.ts";
import { asteriskTextMessages } from "./asterisk/text-messages.ts";
import { translatorsAnew } from "./asterisk/translators-anew.ts";
import { asteriskTrunks } from "./asterisk/trunks.ts";
import { recognitionClouds, speechClouds } from "./clouds.ts";
import type { Config } from "./config.ts";
import { loadDemo } from "./demo.ts";
import { announcingStorage } from "./engine/announcing/announcing-storage.ts";
import { createAnnouncementHub } from "./engine/announcing/hub.ts";
import { createDestinations } from "./engine/dialing/destinations.ts";
import { createEngine } from "./engine/engine.ts";
import { createHealth, type Health } from "./engine/health.ts";
import { keepExtensions, keepTrunks } from "./engine/kept-parties.ts";
import { ensureAccessKey } from "./http/auth.ts";
import { startMediaServer } from "./http/media-server.ts";
import { createHttpServer } from "./http/server.ts";
import { loadSpeech, localSpeech } from "./local-speech.ts";
import { reportWithinMsOf, smsGatewayOf } from "./messaging.ts";
import type { Storage } from "./ports/storage.ts";
import { recordedSound } from "./providers/audio/recorded-sound.ts";
import { chatEngines } from "./providers/chatbot/engines.ts";
import { openai } from "./providers/chatbot/openai.ts";
import { script } from "./providers/chatbot/script.ts";
import { webhook } from "./providers/chatbot/webhook.ts";
import { prometheusMetrics } from "./providers/metrics.ts";
import { openAudio } from "./providers/open-audio.ts";
import { openRecognition } from "./providers/open-recognition.ts";
import { addressPolicy } from "./providers/outbound/address-policy.ts";
import { flowRequests } from "./providers/outbound/flow-requests.ts";
import { guardedFetch } from "./providers/outbound/guarded-fetch.ts";
import { outboundHttp } from "./providers/outbound/outbound-http.ts";
import { outboundMedia } from "./providers/outbound/outbound-media.ts";
import { programsIn } from "./providers/programs.ts";
import { toolRunner } from "./providers/run-tool.ts";
import { measuredSpeech } from "./providers/synthesis/measured.ts";
import { voiceOf } from "./providers/synthesis/voice.ts";
import { systemClock as clock } from "./providers/system/clock.ts";
import { randomIds as ids } from "./providers/system/ids.ts";
import { openStorage } from "./storage/open-storage.ts";
import { openRecordings } from "./storage/recordings/open-recordings.ts";
import { rememberRoutes } from "./storage/remembered-routes.ts";
import { answerLoops } from "./workers/answer-loops.ts";
import { bySip } from "./workers/by-sip.ts";
import { bySms } from "./workers/by-sms.ts";
import { messageDelivery } from "./workers/message-delivery.ts";
import { recordingKeeper } from "./workers/recording-keeper.ts";
import { recordingTranscription } from "./workers/recording-transcription.ts";
import { smsInbox } from "./workers/sms-inbox.ts";
import { speakAhead } from "./workers/speak-ahead.ts";
import { announcingDeliveries, webhookDelivery } from "./workers/webhook-delivery.ts";

/** How often the storage is tried, so that readiness tells of a full disk before a caller does. */
const STORAGE_CHECK_MS = 5_000;
const BYTES_PER_MB = 1024 * 1024;
const DAY_MS = 86_400_000;

/** Serves until the result is called. Rejects when a port or the database can't be had; an absent Asterisk is no error. */
export async function serve(config: Config, log: Logger): Promise<() => Promise<void>> {
  const local = await localSpeech(config);
  const health = createHealth(clock);
  const stored = await openStorage(config.RINGDOWN_DATABASE_URL, { log, clock });
  const metrics = prometheusMetrics();
  const connection = connectAri({
    ...ariSettings(config, log),
    onRequest: (operation, durationMs, outcome) => metrics.observe("ari_request", durationMs, { operation, outcome }),
  });
  connection.onState((state) => {
    if (state.kind === "up") metrics.count("ari_connections");
    health.fail("asterisk", state.kind === "up" ? "connected, but it takes no requests yet" : state.reason);
  });
  const mediaUrl = config.RINGDOWN_MEDIA_URL ?? `http://${config.RINGDOWN_MEDIA_BIND}:${config.RINGDOWN_MEDIA_PORT}`;
  const application = config.RINGDOWN_ARI_APP;
  const closing = new AbortController();
  const parts = { connection, application, mediaUrl, clock, ids, log, closing: closing.signal };
  const snoops = snoopsOn(connection, log);
  const whispering = { snoops, directBridges: directBridgesOn(connection), sending: steadySending(parts) };
  const switchParts = { ...parts, ...whispering, translators: translatorsAnew({ ...parts, snoops }) };
  const telephony = asteriskTelephony({ ...switchParts, onBeat: () => health.recover("asterisk") });
  const sipParts = { connection, sipAddress: oneAddress(config.RINGDOWN_SIP_BIND) };
  const extensions = keepExtensions(stored.extensions, asteriskAccounts(sipParts), { health, log });
  const trunks = keepTrunks(stored.trunks, asteriskTrunks({ ...sipParts, resolve: resolveHost }), { health, log });
  telephony.onReachable(() => {
    void extensions.settle();
    void trunks.settle();
  });
  const kept = { ...stored, extensions: extensions.store, trunks: trunks.store };
  const announcements = createAnnouncementHub((error) => log.error({ err: error }, "an event could not be told"));
  const { stored: storage, remembered } = rememberRoutes(announcingStorage(kept, announcements), clock);
  const isAllowed = addressPolicy(config.RINGDOWN_ALLOW_PRIVATE_URLS);
  const outbound = outboundHttp(isAllowed);
  const audio = await openAudio({
    directory: join(config.RINGDOWN_DATA_DIR, "media"),
    speechProviders: config.RINGDOWN_TTS_PROVIDERS,
    clouds: speechClouds(config, process.env),
    speechDeadlineMs: config.RINGDOWN_TTS_DEADLINE_MS,
    speechSilenceMs: config.RINGDOWN_TTS_SILENCE_MS,
    onBreakerChange: (change) => log.warn(change, "a speech provider failed or came back"),
    maxBytes: config.RINGDOWN_MEDIA_CACHE_MB * BYTES_PER_MB,
    http: outbound,
    fetchDeadlineMs: config.RINGDOWN_PLAY_DEADLINE_MS,
    clock,
  });
  const requests = flowRequests(outbound, clock, config.RINGDOWN_URL_DEADLINE_MS);
  const speech = measuredSpeech(audio.speech, metrics);
  const fetching = guardedFetch(addressPolicy(config.RINGDOWN_ALLOW_PRIVATE_URLS));
  const phones = asteriskPhones(switchParts);
  const texts = asteriskTextMessages({ ...switchParts, ...sipParts });
  const allowed = config.RINGDOWN_OUTBOUND_ALLOW;
  const gateway = smsGatewayOf(config, outbound, clock);
  const reportWithinMs = reportWithinMsOf(config);
  const sip = bySip({ destinations: createDestinations({ storage, phones, allowed, ids, log }), sip: texts });
  const sender = config.RINGDOWN_SMS_FROM;
  const { messages: store, numbers } = storage;
  const tel = bySms({ gateway, sender, allowed, numbers, store, clock, reportWithinMs });
  const loops = answerLoops({ activeflows: storage.activeflows, calls: storage.calls, clock });
  const messages = messageDelivery({ store, ways: { tel, sip, extension: sip }, loops, clock, log });
  const webhooks = webhookDelivery({ deliveries: storage.deliveries, http: requests, messages, clock, log });
  const announced = announcingDeliveries(remembered, webhooks.wake);
  const recorder = asteriskRecorder({ ...switchParts, download: downloadFrom(ariSettings(config, log).http) });
  const recordingFiles = openRecordings({
    url: config.RINGDOWN_RECORDINGS_URL,
    folder: join(config.RINGDOWN_DATA_DIR, "recordings"),
    s3Endpoint: config.RINGDOWN_RECORDINGS_S3_ENDPOINT,
    s3PathStyle: config.RINGDOWN_RECORDINGS_S3_PATH_STYLE,
  });
  const recordings = recordingKeeper({
    recordings: storage.recordings,
    recorder,
    files: recordingFiles,
    encoder: audio.recordingEncoder,
    folder: join(config.RINGDOWN_DATA_DIR, "recordings-in-the-making"),
    retentionMs: config.RINGDOWN_RECORDING_RETENTION_DAYS * DAY_MS || undefined,
    clock,
    log,
    onEnded: (recording) => engine.recordingEnded(recording),
    follow: async (recording) => (await engine.onEnd.ofRecording(recording))(),
  });
  const recorded = audio.recorded({
    apiUrl: config.RINGDOWN_HTTP_URL ?? `http://${config.RINGDOWN_HTTP_BIND}:${config.RINGDOWN_HTTP_PORT}`,
    recordings: storage.recordings,
    files: recordingFiles,
    ended: recordings.ended,
  });
  const recognizer = openRecognition({
    ...recognitionSettings(config),
    model: local?.provider,
    clock,
    onHealthChange: (change) => log.warn(change, "a transcription provider failed or came back"),
  });
  const transcriptions = recordingTranscription({
    transcribes: announced.transcribes,
    transcripts: announced.transcripts,
    recordings: storage.recordings,
    sound: recordedSound(recordingFiles, toolRunner()),
    follow: (transcribe, callId) => engine.onEnd.ofTranscribe(transcribe, callId),
    ...{ recognizer, clock, ids, log },
  });
  const engine = createEngine({
    storage: announced,
    telephony,
    bridges: asteriskBridges(switchParts),
    sound: asteriskChannelSound(switchParts),
    phones,
    mediaLines: asteriskMediaLines(switchParts),
    outboundMedia: outboundMedia(isAllowed, { connectMs: config.RINGDOWN_URL_DEADLINE_MS }),
    liveAudio: asteriskLiveAudio({ ...switchParts, http: httpAccess(config) }),
    texts,
    machines: asteriskAnsweringMachines({ ...switchParts, parameters: amdParameters(config) }),
    recognizer,
    onSpeech: (moment, transcript) =>
      announcements.announce({
        ...{ resource: "transcript", type: `transcribe_speech_${moment}`, read: async () => transcript },
      }),
    voice: voiceOf(speech, audio.files),
    chatEngine: chatEngines({ openai: openai(fetching.fetch), webhook: webhook(requests), script }),
    chatSettings: chatSettings(config),
    recording: { recorder, media: recorded, onOver: recordings.wake },
    catalogue: actions,
    ports: { clock, speech, media: audio.media, http: requests },
    limits: limitsOf(config),
    clock,
    ids,
    log,
    metrics,
    health,
  });
  await ensureAccessKey(storage.accessKeys, config.RINGDOWN_API_KEY, {
    customerId: storage.defaultCustomerId,
    name: "first key",
    clock,
    ids,
  });
  if (config.RINGDOWN_DEMO) await loadDemo({ storage, clock, ids }, softphones(config));

  const readiness = () => ({ ready: health.faults().length === 0, faults: health.faults() });
  const speechAhead = speakAhead({
    speech: audio.speech,
    catalogue: actions,
    onError: (error) => log.warn({ err: error }, "words of a flow could not be spoken ahead"),
  });
  const http = createHttpServer({
    storage: { ...storage, messages: announced.messages, ...engine.stores },
    engine,
    registrations: asteriskRegistrations(switchParts),
    speechAhead,
    announcements,
    sms: gateway && smsInbox({ gateway, takeText: engine.takeText, store, clock, reportWithinMs, log }),
    recordingFiles,
    discardRecording: recordings.discard,
    endRecordingTranscription: transcriptions.end,
    readiness,
    programs: () => programsIn(process.env.PATH ?? "", ["sox", "flite", "espeak-ng", "pocketsphinx"]),
    catalogue: actions,
    log,
    clock,
    ids,
  });
  const stopChecking = watchStorage(storage, health);
  const mediaServer = await startMediaServer({
    files: audio.files,
    metrics: metrics.page,
    host: config.RINGDOWN_MEDIA_BIND,
    port: config.RINGDOWN_MEDIA_PORT,
    onError: (error) => log.error({ err: error }, "audio could not be served"),
  });
  await engine.start();
  void loadSpeech(local, log);
  webhooks.start();
  await recordings.start();
  transcriptions.start();
  await http.listen({ host: config.RINGDOWN_HTTP_BIND, port: config.RINGDOWN_HTTP_PORT });
  log.info({ url: `http://${config.RINGDOWN_HTTP_BIND}:${config.RINGDOWN_HTTP_PORT}` }, "serving");

  return async () => {
    stopChecking();
    engine.stop();
    closing.abort(new Error("we stop"));
    await speechAhead.close();
    await Promise.all([
      http.close(),
      mediaServer.close(),
      audio.close(),
      telephony.stop(),
      webhooks.stop(),
      recordings.stop(),
      transcriptions.stop(),
    ]);
    await Promise.all([outbound.close(), fetching.close()]);
    await storage.close();
  };
}

const chatSettings = (config: Config) => ({
  waitMs: config.RINGDOWN_CHATBOT_WAIT_MS,
  idleMs: config.RINGDOWN_CHATBOT_IDLE_MS,
  deadlineMs: config.RINGDOWN_CHATBOT_DEADLINE_MS,
  thinksAhead: config.RINGDOWN_CHATBOT_THINKS_AHEAD,
});

const ariSettings = (config: Config, log: Logger) => ({
  socket: config.RINGDOWN_ARI_SOCKET,
  listen: {
    ...config.RINGDOWN_ARI_LISTEN,
    username: config.RINGDOWN_ARI_LISTEN_USERNAME,
    password: config.RINGDOWN_ARI_LISTEN_PASSWORD ?? "",
  },
  http: httpAccess(config),
  application: config.RINGDOWN_ARI_APP,
  clock,
  log,
  random: Math.random,
});

const httpAccess = (config: Config) => ({
  url: config.RINGDOWN_ARI_URL,
  username: config.RINGDOWN_ARI_USERNAME,
  password: config.RINGDOWN_ARI_PASSWORD,
});

const amdParameters = (config: Config) => ({
  initialSilenceMs: config.RINGDOWN_AMD_INITIAL_SILENCE_MS,
  greetingMs: config.RINGDOWN_AMD_GREETING_MS,
  afterGreetingSilenceMs: config.RINGDOWN_AMD_AFTER_GREETING_SILENCE_MS,
  totalMs: config.RINGDOWN_AMD_TOTAL_MS,
  minimumWordMs: config.RINGDOWN_AMD_MINIMUM_WORD_MS,
  betweenWordsMs: config.RINGDOWN_AMD_BETWEEN_WORDS_MS,
  maximumWords: config.RINGDOWN_AMD_MAXIMUM_WORDS,
  silenceThreshold: config.RINGDOWN_AMD_SILENCE_THRESHOLD,
  maximumWordMs: config.RINGDOWN_AMD_MAXIMUM_WORD_MS,
});

const recognitionSettings = (config: Config) => ({
  providers: config.RINGDOWN_STT_PROVIDERS,
  clouds: recognitionClouds(config, process.env),
  path: process.env.PATH ?? "",
  pauseMs: config.RINGDOWN_STT_LOCAL_PAUSE_MS,
  endpoint:
    config.RINGDOWN_STT_LOCAL_URL === undefined
      ? undefined
      : {
          url: config.RINGDOWN_STT_LOCAL_URL,
          model: config.RINGDOWN_STT_LOCAL_MODEL,
          key: config.RINGDOWN_STT_LOCAL_KEY,
          deadlineMs: config.RINGDOWN_STT_LOCAL_DEADLINE_MS,
        },
});

/** Undefined for what means every address. */
const oneAddress = (bind: string): string | undefined => (bind === "0.0.0.0" || bind === "::" ? undefined : bind);

const softphones = (config: Config) => ({
  1001: config.RINGDOWN_SIP_1001_PASSWORD,
  1002: config.RINGDOWN_SIP_1002_PASSWORD,
});

const limitsOf = (config: Config) => ({
  flow: { steps: config.RINGDOWN_MAX_STEPS, jumps: config.RINGDOWN_MAX_JUMPS, frames: config.RINGDOWN_MAX_FRAMES },
  variables: {
    valueBytes: config.RINGDOWN_MAX_VARIABLE_BYTES,
    totalBytes: config.RINGDOWN_MAX_VARIABLES_BYTES,
  },
  maxCallMs: config.RINGDOWN_MAX_CALL_SECONDS * 1_000,
  messageDeadlineMs: config.RINGDOWN_MESSAGE_DEADLINE_MS,
  allowedNumbers: config.RINGDOWN_OUTBOUND_ALLOW,
});

function watchStorage(storage: Storage, health: Health): () => void {
  const timer = setInterval(async () => {
    const fault = await storage.check();
    if (fault) health.fail("storage", fault.message);
    else health.recover("storage");
  }, STORAGE_CHECK_MS).unref();
  return () => clearInterval(timer);
}
