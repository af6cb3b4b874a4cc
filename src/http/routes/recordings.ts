import type { FastifyReply } from "fastify";
import { z } from "zod";
import { shownCallSchema } from "../../model/call.ts";
import { type Recording, shownRecordingSchema } from "../../model/recording.ts";
import { flowReference, requireFlows } from "../flow-references.ts";
import { noFile } from "../no-file.ts";
import { Problem } from "../problem.ts";
import { rangeOf } from "../range.ts";
import type { Api, HttpServices } from "../services.ts";
import { recordingOfCall } from "./recording-orders.ts";
import { addReading, addRemoval, found, idParameters, type Readable } from "./resource.ts";

const CONTENT_TYPES = { wav: "audio/wav", mp3: "audio/mpeg", ogg: "audio/ogg" } as const;

/** Recordings, and their files. */
export function recordingRoutes(api: Api, services: HttpServices): void {
  const { storage, engine, recordingFiles, discardRecording } = services;
  const { recordings, calls, flows } = storage;
  const readable: Readable<z.infer<typeof shownRecordingSchema>> = {
    name: "recording",
    schema: shownRecordingSchema,
    list: (customerId, page) => recordings.list(customerId, page),
    get: (id, customerId) => recordings.get(id, customerId),
  };
  const ownRecording = async (id: string, customerId: string): Promise<Recording> =>
    found(await recordings.get(id, customerId), "recording");
  addReading(api, readable);
  addRemoval(
    api,
    readable,
    async (id, customerId) => {
      const recording = await recordings.get(id, customerId);
      if (!recording) return false;
      refuseUnfinished(recording);
      await discardRecording(recording);
      return true;
    },
    "Its file goes with it. One that is not finished is refused: stop it first.",
  );

  api.get("/recordings/:id/file", {
    schema: {
      tags: ["recordings"],
      operationId: "get_recording_file",
      summary: "The file of a recording; ranges are supported",
      params: idParameters,
      response: {
        200: z.unknown().describe("The file."),
        206: z.unknown().describe("A part of it."),
        304: z.unknown().describe("It is what the caller has."),
      },
    },
    handler: async ({ params, customerId, headers }, reply) => {
      const recording = await ownRecording(params.id, customerId);
      refuseUnfinished(recording);
      const { storage_key, size } = recording;
      if (storage_key === null || size === null) throw noFile(recording);
      const etag = `"${recording.id}"`;
      reply.headers({ etag, "accept-ranges": "bytes", "cache-control": "private, no-cache" });
      if (headers["if-none-match"]?.includes(etag)) return reply.code(304).send();
      const isSame = headers["if-range"] === undefined || headers["if-range"] === etag;
      const range = isSame ? rangeOf(headers.range, size) : "all";
      if (range === "none") {
        reply.header("content-range", `bytes */${size}`);
        throw new Problem("RANGE_NOT_SATISFIABLE", `the file has ${size} bytes`);
      }
      describeFile(reply, recording);
      if (range === "all") return reply.header("content-length", size).send(await recordingFiles.open(storage_key));
      reply.code(206).headers({
        "content-range": `bytes ${range.first}-${range.last}/${size}`,
        "content-length": range.last - range.first + 1,
      });
      return reply.send(await recordingFiles.open(storage_key, { range }));
    },
  });

  for (const what of ["pause", "resume"] as const) {
    api.post(`/recordings/:id/${what}`, {
      schema: {
        tags: ["recordings"],
        operationId: `${what}_recording`,
        summary: what === "pause" ? "Leaves out what is said from now on" : "Goes on with a recording that was paused",
        params: idParameters,
        response: { 200: shownRecordingSchema },
      },
      handler: async ({ params, customerId }) => {
        const { id } = await ownRecording(params.id, customerId);
        return engine.recordings[what](id);
      },
    });
  }

  api.post("/calls/:id/recording_start", {
    schema: {
      tags: ["calls"],
      operationId: "start_call_recording",
      summary: "Records a call that is up, both sides, until it ends or is stopped",
      params: idParameters,
      body: recordingOfCall.nullish(),
      response: { 200: shownCallSchema },
    },
    handler: async ({ params, customerId, body }) => {
      const call = found(await calls.get(params.id, customerId), "call");
      const given = body ?? recordingOfCall.parse({});
      const { end_of_silence: endOfSilence, end_of_key: endOfKey, beep_start, on_end_flow_id, ...rest } = given;
      const onEndFlowId = flowReference(on_end_flow_id);
      await requireFlows(flows, customerId, { on_end_flow_id: onEndFlowId });
      return engine.recordings.startOfCall(call.id, { ...rest, endOfSilence, endOfKey, onEndFlowId }, beep_start);
    },
  });
  api.post("/calls/:id/recording_stop", {
    schema: {
      tags: ["calls"],
      operationId: "stop_call_recording",
      summary: "Stops what is recorded of a call; nothing when nothing is",
      params: idParameters,
      response: { 200: shownCallSchema },
    },
    handler: async ({ params, customerId }) => {
      const call = found(await calls.get(params.id, customerId), "call");
      return (await engine.recordings.stopOfCall(call.id)) ?? call;
    },
  });
}

function refuseUnfinished({ status, fault }: Recording): void {
  if (status === "ended") return;
  const remedy = status === "stopping" ? (fault ?? "ask again in a moment") : "stop it first";
  throw new Problem("RECORDING_NOT_FINISHED", `the recording is not finished: ${remedy}`);
}

function describeFile(reply: FastifyReply, { format, filenames }: Recording): void {
  reply.headers({
    "content-type": CONTENT_TYPES[format],
    "content-disposition": `inline; filename="${filenames[0] ?? `recording.${format}`}"`,
  });
}
