import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { Fault } from "../engine/health.ts";
import type { ActionCatalogue } from "../flow/action.ts";
import type { Recording } from "../model/recording.ts";
import type { Announcements } from "../ports/announcements.ts";
import type { Clock } from "../ports/clock.ts";
import type { EngineControl } from "../ports/engine-control.ts";
import type { Ids } from "../ports/ids.ts";
import type { RecordingStorage } from "../ports/recording-storage.ts";
import type { Registrations } from "../ports/registrations.ts";
import type { SmsInbox } from "../ports/sms-gateway.ts";
import type { SpeechAhead } from "../ports/speech-ahead.ts";
import type { Storage } from "../ports/storage.ts";

/** Whether new calls should be sent here, and if not, why. */
export type Readiness = { readonly ready: boolean; readonly faults: readonly Fault[] };

/** What the HTTP API works with. */
export type HttpServices = {
  readonly storage: Storage;
  readonly engine: EngineControl;
  readonly registrations: Registrations;
  readonly speechAhead: SpeechAhead;
  readonly announcements: Announcements;
  /** Absent when there is no gateway. */
  readonly sms?: SmsInbox | undefined;
  readonly recordingFiles: RecordingStorage;
  /** Removes a recording that has ended, and its file. */
  readonly discardRecording: (recording: Recording) => Promise<void>;
  /** Ends the transcription of a recording, wherever it is. */
  readonly endRecordingTranscription: (transcribeId: string) => Promise<void>;
  readonly readiness: () => Readiness;
  /** Of the programs that we start, those that are here. */
  readonly programs: () => Promise<readonly string[]>;
  readonly catalogue: ActionCatalogue;
  readonly log: FastifyBaseLogger;
  readonly clock: Clock;
  readonly ids: Ids;
};

/** The server as routes see it: requests and replies are typed by their zod schemas. */
export type Api = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;
