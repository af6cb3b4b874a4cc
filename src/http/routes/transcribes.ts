import { z } from "zod";
import {
  type Transcribe,
  type Transcript,
  transcribeDirections,
  transcribeSchema,
  transcribeStatuses,
  transcriptSchema,
} from "../../model/transcribe.ts";
import type { TranscribeOrder } from "../../ports/transcribing.ts";
import { flowReference, requireFlows } from "../flow-references.ts";
import { noFile } from "../no-file.ts";
import { Problem } from "../problem.ts";
import type { Api, HttpServices } from "../services.ts";
import { addReading, addRemoval, found, idParameters, type Readable } from "./resource.ts";
import { transcribeOrder } from "./transcribe-orders.ts";

const uuid = z.uuid("a UUID").toLowerCase();

const startBody = transcribeOrder.extend({
  reference_type: transcribeSchema.shape.reference_type.default("call"),
  reference_id: uuid.describe(
    "A call that is up; a confbridge that somebody is in; or a recording, of which it begins when that is complete.",
  ),
  direction: z.enum(transcribeDirections).default("both").describe("In a confbridge, all are heard together."),
});

/** Transcriptions, and what was understood. */
export function transcribeRoutes(api: Api, { storage, engine, endRecordingTranscription }: HttpServices): void {
  const { transcribes, transcripts } = storage;
  const readable: Readable<Transcribe> = {
    name: "transcribe",
    schema: transcribeSchema,
    filters: { reference_id: uuid, activeflow_id: uuid, status: z.enum(transcribeStatuses) },
    list: (customerId, page, filter) => transcribes.list(customerId, page, filter),
    get: (id, customerId) => transcribes.get(id, customerId),
  };
  addReading(api, readable);
  addRemoval(
    api,
    readable,
    async (id, customerId) => {
      const { status } = found(await transcribes.get(id, customerId), "transcribe");
      if (status !== "done") throw new Problem("TRANSCRIBE_LIVE", "the transcription goes on: stop it first");
      return transcribes.remove(id, customerId);
    },
    "Together with its transcripts; it must be over.",
  );

  /** What begins one, once it is clear that there is something to be transcribed. */
  const starts = {
    async call(id: string, customerId: string) {
      const call = found(await storage.calls.get(id, customerId), "call");
      return (order: TranscribeOrder) => engine.startTranscribe(call.id, order);
    },
    async recording(id: string, customerId: string) {
      const recording = found(await storage.recordings.get(id, customerId), "recording");
      if (recording.status === "ended" && recording.storage_key === null) throw noFile(recording);
      return (order: TranscribeOrder) => engine.transcribeRecording(recording, order);
    },
    async confbridge(id: string, customerId: string) {
      const confbridge = found(await storage.confbridges.get(id, customerId), "confbridge");
      return (order: TranscribeOrder) => engine.transcribeConfbridge(confbridge, order);
    },
  };
  api.post("/transcribes", {
    schema: {
      tags: ["transcribes"],
      operationId: "create_transcribe",
      summary:
        "Turns what is said in a call or a confbridge into text, until that ends or you stop it, or a whole recording",
      body: startBody,
      response: { 201: transcribeSchema },
    },
    handler: async ({ customerId, body }, reply) => {
      const { reference_id, reference_type, provider = null, ...given } = body;
      const start = await starts[reference_type](reference_id, customerId);
      const on_end_flow_id = flowReference(given.on_end_flow_id);
      await requireFlows(storage.flows, customerId, { on_end_flow_id });
      return reply.code(201).send(await start({ ...given, provider, on_end_flow_id }));
    },
  });

  api.post("/transcribes/:id/stop", {
    schema: {
      tags: ["transcribes"],
      operationId: "stop_transcribe",
      summary: "Ends a transcription, once all that was said until then is understood; nothing when it is over",
      description: "That of a recording ends at once: what was understood of it stays.",
      params: idParameters,
      response: { 200: transcribeSchema },
    },
    handler: async ({ customerId, params }) => {
      const { id, reference_type } = found(await transcribes.get(params.id, customerId), "transcribe");
      await (reference_type === "recording" ? endRecordingTranscription(id) : engine.stopTranscribe(id));
      return found(await transcribes.get(id, customerId), "transcribe");
    },
  });

  const transcript: Readable<Transcript> = {
    name: "transcript",
    schema: transcriptSchema,
    filters: { transcribe_id: uuid },
    list: (customerId, page, filter) => transcripts.list(customerId, page, filter),
    get: (id, customerId) => transcripts.get(id, customerId),
  };
  addReading(api, transcript);
  addRemoval(api, transcript, (id, customerId) => transcripts.remove(id, customerId));
}
