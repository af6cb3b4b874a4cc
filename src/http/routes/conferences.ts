import type { z } from "zod";
import { conferenceDocumentSchema } from "../../model/conference.ts";
import { newConference } from "../../model/new-conference.ts";
import { flowReference, requireFlows } from "../flow-references.ts";
import { showConferences, shownConferenceSchema } from "../present-conference.ts";
import type { Api, HttpServices } from "../services.ts";
import { recordingOfAll } from "./recording-orders.ts";
import { addReading, addRemoval, found, idParameters, type Readable } from "./resource.ts";
import { transcribeOrder } from "./transcribe-orders.ts";

type Shown = z.infer<typeof shownConferenceSchema>;

const { name, detail, data, timeout, locked, pre_flow_id, post_flow_id } = conferenceDocumentSchema.shape;
/** What is absent stays as it is. The type stays in any case: somebody may be in it. */
const changesSchema = conferenceDocumentSchema
  .omit({ type: true })
  .extend({
    name: name.unwrap(),
    detail: detail.unwrap(),
    data: data.unwrap(),
    timeout: timeout.unwrap(),
    locked: locked.unwrap(),
    pre_flow_id,
    post_flow_id,
  })
  .partial();

/** Conferences: where calls hear each other, with flows before and after. */
export function conferenceRoutes(api: Api, { storage, engine, clock, ids }: HttpServices): void {
  const { conferences, flows } = storage;
  const get = async (id: string, customerId: string): Promise<Shown | undefined> => {
    const conference = await conferences.get(id, customerId);
    return conference && (await showConferences(storage, [conference]))[0];
  };
  const readable: Readable<Shown> = {
    name: "conference",
    schema: shownConferenceSchema,
    get,
    async list(customerId, page) {
      const { result, next_page_token } = await conferences.list(customerId, page);
      return { result: await showConferences(storage, result), next_page_token };
    },
  };
  const now = () => new Date(clock.now()).toISOString();
  addReading(api, readable);
  addRemoval(
    api,
    readable,
    async (id, customerId) => {
      const conference = found(await conferences.get(id, customerId), "conference");
      await engine.conferences.end(conference.confbridge_id);
      return conferences.remove(id, customerId);
    },
    "Everybody in it is let go first: their flows go on.",
  );

  api.post("/conferences", {
    schema: {
      tags: ["conferences"],
      operationId: "create_conference",
      summary: "Makes a conference that calls can join at once",
      body: conferenceDocumentSchema,
      response: { 201: shownConferenceSchema },
    },
    handler: async (request, reply) => {
      const { customerId: customer_id, body } = request;
      const references = {
        pre_flow_id: flowReference(body.pre_flow_id),
        post_flow_id: flowReference(body.post_flow_id),
      };
      await requireFlows(flows, customer_id, references);
      const common = { id: ids.next(), confbridgeId: ids.next(), customer_id, tm_create: now() };
      const { conference, confbridge } = newConference(common, { ...body, ...references });
      await conferences.create(conference, confbridge);
      await engine.conferences.changed(conference.id);
      return reply.code(201).send(found(await get(conference.id, customer_id), "conference"));
    },
  });

  api.put("/conferences/:id", {
    schema: {
      tags: ["conferences"],
      operationId: "update_conference",
      summary: "Changes the fields that are given, also while calls are in it",
      params: idParameters,
      body: changesSchema,
      response: { 200: shownConferenceSchema },
    },
    handler: async (request) => {
      const { customerId, params, body } = request;
      found(await conferences.get(params.id, customerId), "conference");
      const { pre_flow_id: pre, post_flow_id: post, ...fields } = body;
      const references = {
        ...(pre === undefined ? {} : { pre_flow_id: flowReference(pre) }),
        ...(post === undefined ? {} : { post_flow_id: flowReference(post) }),
      };
      await requireFlows(flows, customerId, references);
      await conferences.update(params.id, { ...fields, ...references, tm_update: now() }, customerId);
      await engine.conferences.changed(params.id);
      return found(await get(params.id, customerId), "conference");
    },
  });

  api.post("/conferences/:id/recording_start", {
    schema: {
      tags: ["conferences"],
      operationId: "start_conference_recording",
      summary: "Records all that is said in a conference, until it is stopped or the last has left",
      params: idParameters,
      body: recordingOfAll.nullish(),
      response: { 200: shownConferenceSchema },
    },
    handler: async ({ params, customerId, body }) => {
      const { confbridge_id: id } = found(await conferences.get(params.id, customerId), "conference");
      const { end_of_silence: endOfSilence, on_end_flow_id, ...given } = body ?? recordingOfAll.parse({});
      const onEndFlowId = flowReference(on_end_flow_id);
      await requireFlows(flows, customerId, { on_end_flow_id: onEndFlowId });
      const order = { ...given, endOfSilence, endOfKey: "none", channels: 1, onEndFlowId } as const;
      await engine.recordings.startOfConfbridge({ id, customer_id: customerId }, order);
      return found(await get(params.id, customerId), "conference");
    },
  });
  api.post("/conferences/:id/recording_stop", {
    schema: {
      tags: ["conferences"],
      operationId: "stop_conference_recording",
      summary: "Stops what is recorded of a conference; nothing when nothing is",
      params: idParameters,
      response: { 200: shownConferenceSchema },
    },
    handler: async ({ params, customerId }) => {
      const { confbridge_id } = found(await conferences.get(params.id, customerId), "conference");
      await engine.recordings.stopOfConfbridge(confbridge_id);
      return found(await get(params.id, customerId), "conference");
    },
  });

  api.post("/conferences/:id/transcribe_start", {
    schema: {
      tags: ["conferences"],
      operationId: "start_conference_transcribe",
      summary: "Turns all that is said in a conference into text, until it is stopped or the last has left",
      params: idParameters,
      body: transcribeOrder.nullish(),
      response: { 200: shownConferenceSchema },
    },
    handler: async ({ params, customerId, body }) => {
      const { confbridge_id: id } = found(await conferences.get(params.id, customerId), "conference");
      const { provider = null, ...given } = body ?? transcribeOrder.parse({});
      const on_end_flow_id = flowReference(given.on_end_flow_id);
      await requireFlows(flows, customerId, { on_end_flow_id });
      const order = { ...given, provider, direction: "both", on_end_flow_id } as const;
      await engine.transcribeConfbridge({ id, customer_id: customerId }, order);
      return found(await get(params.id, customerId), "conference");
    },
  });
  api.post("/conferences/:id/transcribe_stop", {
    schema: {
      tags: ["conferences"],
      operationId: "stop_conference_transcribe",
      summary:
        "Stops what transcribes a conference, once all that was said until then is understood; nothing when nothing does",
      params: idParameters,
      response: { 200: shownConferenceSchema },
    },
    handler: async ({ params, customerId }) => {
      const { confbridge_id } = found(await conferences.get(params.id, customerId), "conference");
      await engine.stopTranscribesOf(confbridge_id);
      return found(await get(params.id, customerId), "conference");
    },
  });
}
